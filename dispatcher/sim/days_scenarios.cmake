# SPDX-License-Identifier: MIT
# Writes a C table of the scenarios of hall days, so that a program needs no files beside it:
#   cmake -DFOLDER=assets/days -DOUTPUT=days_scenarios.c -P days_scenarios.cmake
cmake_minimum_required(VERSION 3.25)
file(GLOB files ${FOLDER}/*.json)
list(SORT files)
set(c "/* SPDX-License-Identifier: MIT\n * Written from assets/days by dispatcher/sim/days_scenarios.cmake. Do not edit. */\n#include \"dispatcher/sim/days.h\"\n\n#include <stddef.h>\n\nconst struct days_text days_scenarios[] = {\n")
foreach(file ${files})
    get_filename_component(name ${file} NAME_WE)
    file(READ ${file} json)
    string(REPLACE "\\" "\\\\" json "${json}")
    string(REPLACE "\"" "\\\"" json "${json}")
    string(REPLACE "\n" "\\n\"\n     \"" json "${json}")
    string(APPEND c "    {\"${name}\",\n     \"${json}\"},\n")
endforeach()
string(APPEND c "    {NULL, NULL},\n};\n")
file(WRITE "${OUTPUT}" "${c}")
