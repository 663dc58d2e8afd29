# SPDX-License-Identifier: Apache-2.0
# How every target of the project is compiled. A room is `aloft_add_room(NAME SOURCES … )`,
# a test program is `aloft_add_test(NAME SOURCES … LIBRARIES …)`.

add_library(aloft_flags INTERFACE)
target_compile_features(aloft_flags INTERFACE cxx_std_20)
target_compile_options(aloft_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor
  -Wold-style-cast -Wcast-qual -Woverloaded-virtual -Wnull-dereference -Wformat=2
  -Wimplicit-fallthrough -Wundef -fvisibility=hidden -fvisibility-inlines-hidden
  $<$<BOOL:${ALOFT_WARNINGS_AS_ERRORS}>:-Werror>
  # The project fills aggregates with designated initialisers; unnamed fields take their defaults.
  -Wno-missing-field-initializers
  # GNU's unique symbols (a table in std::to_chars is one) keep a library loaded for ever: a plugin
  # could not be unloaded any more because it links us.
  $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>
  # g++ 12 reports false positives of these two through inlined std::string moves and sums
  # (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-null-dereference> $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
if(ALOFT_WITHOUT_EXCEPTIONS)
  target_compile_options(aloft_flags INTERFACE -fno-exceptions -fno-rtti)
endif()
if(ALOFT_SANITIZER)
  add_compile_options(-fsanitize=${ALOFT_SANITIZER} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${ALOFT_SANITIZER})
endif()
if(ALOFT_COVERAGE)
  add_compile_options(--coverage -fprofile-update=atomic)
  add_link_options(--coverage)
endif()
if(ALOFT_BUILD_FUZZERS)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# A room of the library: target aloft_<name>, used as aloft::<name>, installed unless it is INTERNAL.
# PUBLIC and PRIVATE are the libraries it links; EXPORTED names its headers in src/ that other rooms
# include, which a shared library must export as well.
function(aloft_add_room name)
  cmake_parse_arguments(ARG "INTERNAL" "" "SOURCES;PUBLIC;PRIVATE;EXPORTED" ${ARGN})
  set(type "")
  if(ARG_INTERNAL)
    set(type STATIC)
  endif()
  add_library(aloft_${name} ${type} ${ARG_SOURCES})
  add_library(aloft::${name} ALIAS aloft_${name})
  set_target_properties(aloft_${name} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
    INSTALL_RPATH "$ORIGIN")
  target_include_directories(aloft_${name}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_compile_features(aloft_${name} PUBLIC cxx_std_20)
  target_link_libraries(aloft_${name} PUBLIC ${ARG_PUBLIC}
                        PRIVATE $<BUILD_INTERFACE:aloft_flags> ${ARG_PRIVATE})
  get_target_property(type aloft_${name} TYPE)
  if(type STREQUAL SHARED_LIBRARY)
    aloft_export_symbols(${name} ${ARG_EXPORTED})
  endif()
  if(NOT PROJECT_IS_TOP_LEVEL)
    # A parent builds what it links.
    set_target_properties(aloft_${name} PROPERTIES EXCLUDE_FROM_ALL ON)
  endif()
  if(ALOFT_INSTALL AND NOT ARG_INTERNAL)
    target_include_directories(aloft_${name} PUBLIC $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    aloft_install_room(${name} LIBRARIES ${ARG_PUBLIC} ${ARG_PRIVATE})
  endif()
endfunction()

# A room of headers: target aloft_<name>, used as aloft::<name>, which links these rooms and nothing
# from outside (docs/decisions/0009-adapters-are-headers.md).
function(aloft_add_header_room name)
  add_library(aloft_${name} INTERFACE)
  add_library(aloft::${name} ALIAS aloft_${name})
  set_target_properties(aloft_${name} PROPERTIES EXPORT_NAME ${name})
  target_link_libraries(aloft_${name} INTERFACE ${ARGN})
  if(ALOFT_INSTALL)
    aloft_install_room(${name} LIBRARIES ${ARGN})
  endif()
endfunction()

# A room's folder. Alone, a library that it needs and that is not there is an error; embedded in a
# parent, the room is left out, so that who wants to trace need not install what they do not use.
function(aloft_add_room_folder name)
  if(NOT PROJECT_IS_TOP_LEVEL)
    foreach(package IN LISTS ARGN)
      find_package(${package} QUIET)
      if(NOT ${package}_FOUND)
        message(STATUS "aloft: aloft::${name} is left out: it needs ${package}, which was not found")
        return()
      endif()
    endforeach()
  endif()
  add_subdirectory(src/${name})
endfunction()

# What a shared library exports (docs/decisions/0005-shared-libraries-export-the-headers.md): what
# the room's public headers declare. Everything is compiled with hidden visibility; the public headers are
# seen once before, with default visibility, so that they need no macro. The version script hides
# what the standard library's templates leave behind.
function(aloft_export_symbols name)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}/include"
    "${PROJECT_SOURCE_DIR}/include/aloft/${name}/*.hpp")
  list(TRANSFORM headers REPLACE "(.+)" "#include <\\1>")
  list(TRANSFORM ARGN REPLACE "(.+)" "#include \"${name}/\\1\"" OUTPUT_VARIABLE internal)
  list(JOIN headers "\n" headers)
  list(JOIN internal "\n" internal)
  set(exports "${CMAKE_CURRENT_BINARY_DIR}/aloft_${name}_exports.hpp")
  file(CONFIGURE OUTPUT "${exports}" CONTENT
    "#pragma GCC visibility push(default)\n${headers}\n${internal}\n#pragma GCC visibility pop\n")
  target_compile_options(aloft_${name} PRIVATE "SHELL:-include ${exports}" -fno-semantic-interposition)
  set(script "${PROJECT_SOURCE_DIR}/cmake/exports.map")
  target_link_options(aloft_${name} PRIVATE
    "LINKER:--version-script=${script}" "LINKER:-Bsymbolic-functions" "LINKER:--no-undefined"
    # Its thread and its fork handlers outlive a dlclose.
    "LINKER:-z,nodelete")
  set_target_properties(aloft_${name} PROPERTIES LINK_DEPENDS "${script}")
endfunction()

# A GoogleTest program; each TEST becomes one ctest entry named Suite.Name.
function(aloft_add_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE aloft_flags ${ARG_LIBRARIES} GTest::gmock_main)
  target_compile_definitions(${name} PRIVATE
    ALOFT_TEST_DATA="${CMAKE_CURRENT_SOURCE_DIR}" ALOFT_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  if(ALOFT_COVERAGE)
    # What ran in the child of a fork: gcov's own `fork` forgets the handlers that ran inside of it,
    # and nobody writes what it counted when it leaves by _exit.
    target_compile_options(${name} PRIVATE -fno-builtin-fork)
    target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/counting_exit.cpp)
    target_link_options(${name} PRIVATE LINKER:--wrap=_exit)
  endif()
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
  # A sanitizer on a busy machine is some ten times slower, an emulated machine twenty.
  set(timeout 120)
  if(ALOFT_SANITIZER)
    set(timeout 600)
  endif()
  if(CMAKE_CROSSCOMPILING)
    set(timeout 900)
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${timeout})
endfunction()

# A fuzz target from one source with LLVMFuzzerTestOneInput. Always built as a program that replays
# the corpus folder (a ctest); with ALOFT_BUILD_FUZZERS also as a libFuzzer program.
function(aloft_add_fuzzer name)
  cmake_parse_arguments(ARG "" "CORPUS" "SOURCES;LIBRARIES" ${ARGN})
  if(ALOFT_BUILD_FUZZERS)
    add_executable(${name} ${ARG_SOURCES})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    add_executable(${name} ${ARG_SOURCES} ${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cpp)
  endif()
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE aloft_flags ${ARG_LIBRARIES})
  if(ALOFT_BUILD_FUZZERS)
    # One seed: a gate finds what the change broke. `make fuzz` looks for new ground. What is new goes
    # into the first folder, which is not that of the sources.
    set(found ${CMAKE_CURRENT_BINARY_DIR}/${name}_found)
    file(MAKE_DIRECTORY ${found})
    add_test(NAME ${name}
      COMMAND ${name} -seed=1 -runs=20000 -max_total_time=10 ${found} ${ARG_CORPUS})
  else()
    add_test(NAME ${name} COMMAND ${name} ${ARG_CORPUS})
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT 120 LABELS fuzz)
endfunction()

# A program the user runs.
function(aloft_add_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${name} PRIVATE aloft_flags ${ARG_LIBRARIES})
endfunction()
