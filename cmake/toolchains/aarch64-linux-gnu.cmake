# SPDX-License-Identifier: Apache-2.0
# Compiles for arm64 on another machine with Debian's cross compiler, and runs what it built under
# qemu's user mode: instructions, alignment and the signedness of char are true of arm64 then, the
# ordering of memory between threads is not.
#
# ALOFT_SYSROOT may name a folder with more arm64 packages unpacked, such as simdjson for http.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)

set(ALOFT_SYSROOT "" CACHE PATH "Folder with unpacked arm64 packages")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES ALOFT_SYSROOT)
set(CMAKE_FIND_ROOT_PATH /usr/aarch64-linux-gnu ${ALOFT_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64-static -L /usr/aarch64-linux-gnu)
if(ALOFT_SYSROOT)
  list(APPEND CMAKE_CROSSCOMPILING_EMULATOR
    -E "LD_LIBRARY_PATH=${ALOFT_SYSROOT}/usr/lib/aarch64-linux-gnu")
endif()
