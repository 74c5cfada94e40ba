# SPDX-License-Identifier: MIT
# Writes a C table of the icon drawings, so that a program needs no files beside it:
#   cmake -DFOLDER=assets/icons -DOUTPUT=icons.c -P icons.cmake
cmake_minimum_required(VERSION 3.25)
file(GLOB files ${FOLDER}/*.svg)
list(SORT files)
set(c "/* SPDX-License-Identifier: MIT\n * Written from assets/icons by common/ui_sdl/icons.cmake. Do not edit. */\n#include \"common/ui_sdl/drawings.h\"\n\n#include <stddef.h>\n\nconst struct ui_drawing ui_drawings[] = {\n")
foreach(file ${files})
    get_filename_component(name ${file} NAME_WE)
    file(READ ${file} svg)
    string(REGEX REPLACE "[ \n\t]+" " " svg "${svg}")
    string(REPLACE "\\" "\\\\" svg "${svg}")
    string(REPLACE "\"" "\\\"" svg "${svg}")
    string(APPEND c "    {\"${name}\",\n     \"${svg}\"},\n")
endforeach()
string(APPEND c "    {NULL, NULL},\n};\n")
file(WRITE "${OUTPUT}" "${c}")
