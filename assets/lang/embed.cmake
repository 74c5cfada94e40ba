# SPDX-License-Identifier: MIT
# Writes a compiled message catalogue as a C header: cmake -DSOURCE=x.mo -DNAME=words_zh_CN -DHEADER=x.h -P embed.cmake
file(READ "${SOURCE}" bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes "${bytes}")
file(WRITE "${HEADER}" "/* SPDX-License-Identifier: MIT\n * A message catalogue from assets/lang, written by embed.cmake. Do not edit. */\nstatic const unsigned char ${NAME}[] = {\n${bytes}\n};\n")
