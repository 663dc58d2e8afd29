# SPDX-License-Identifier: Apache-2.0
# What is installed, and how others find it: find_package(aloft [COMPONENTS room…]) and pkg-config.
#
# A room is a component. What a room links from outside stands in the table below; a static install
# looks for it again, for the rooms that are asked for and no others, while a shared one has it in
# the libraries themselves.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(ALOFT_PACKAGE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/aloft")

# target | arguments of find_package | module of pkg-config, or flags that begin with a dash
set(ALOFT_OUTSIDE
  "Threads::Threads|Threads|-pthread"
  "dl|Threads|-ldl"
  "simdjson::simdjson|simdjson|simdjson"
  "CURL::libcurl|CURL|libcurl"
  "OpenSSL::Crypto|OpenSSL|libcrypto"
  "OpenSSL::SSL|OpenSSL|libssl"
  "ISAL::ISAL|ISAL|libisal"
  "ZLIB::ZLIB|ZLIB|zlib")

set(ALOFT_ABOUT_core "Small values that every room of Aloft speaks")
set(ALOFT_ABOUT_telemetry "Spans that are redacted, accounted for and sent to X-Ray")
set(ALOFT_ABOUT_resilience "Decides whether a call may proceed")
set(ALOFT_ABOUT_http "Messages, routing and guards")
set(ALOFT_ABOUT_integrations "Spans of what other libraries do: libcurl, SQLite, libpq, gRPC, Beast; log lines from and to spdlog")
set(ALOFT_ABOUT_http_client "Calls to other services, each with its span and its deadline")
set(ALOFT_ABOUT_http_server "The embedded server")
set(ALOFT_ABOUT_aws "Credentials, signatures and endpoints of AWS, and what is sent there")
set(ALOFT_ABOUT_testing_http "A strict fake of AWS with a ledger and faults on demand")
set(ALOFT_ABOUT_testing "What services test their telemetry with")
set(ALOFT_ABOUT_aloft "What most users link: core, telemetry, http")

# The row of a target from outside, as `find` and `pkg` in the caller's scope.
function(aloft_look_up_outside target find pkg)
  foreach(row IN LISTS ALOFT_OUTSIDE)
    string(REPLACE "|" ";" cells "${row}")
    list(GET cells 0 name)
    if(name STREQUAL target)
      list(GET cells 1 found)
      list(GET cells 2 module)
      set(${find} "${found}" PARENT_SCOPE)
      set(${pkg} "${module}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "${target} has no row in cmake/AloftInstall.cmake: say there how others find it")
endfunction()

# Notes what a room needs, and installs its library, its headers and its way to be found.
function(aloft_install_room room)
  cmake_parse_arguments(ARG "" "" "LIBRARIES" ${ARGN})
  get_target_property(type aloft_${room} TYPE)
  get_target_property(name aloft_${room} EXPORT_NAME)
  set(rooms "")
  set(finds "")
  set(modules "")
  set(flags "")
  foreach(library IN LISTS ARG_LIBRARIES)
    if(library MATCHES "^aloft::(.+)$")
      list(APPEND rooms "${CMAKE_MATCH_1}")
    elseif(type STREQUAL STATIC_LIBRARY OR library STREQUAL Threads::Threads)
      aloft_look_up_outside("${library}" find pkg)
      list(APPEND finds "${find}")
      if(pkg MATCHES "^-")
        list(APPEND flags "${pkg}")
      else()
        list(APPEND modules "${pkg}")
      endif()
    endif()
  endforeach()
  set_property(GLOBAL APPEND PROPERTY ALOFT_INSTALLED "${room}")
  set_property(GLOBAL PROPERTY ALOFT_NEEDS_${room} "set(_aloft_rooms_${room} \"${rooms}\")
set(_aloft_finds_${room} \"${finds}\")")

  install(TARGETS aloft_${room} EXPORT aloft-${room}
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(EXPORT aloft-${room} NAMESPACE aloft:: FILE aloft-${room}-targets.cmake
    DESTINATION "${ALOFT_PACKAGE_DIR}")
  if(EXISTS "${PROJECT_SOURCE_DIR}/include/aloft/${room}")
    install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/aloft/${room}"
      DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/aloft")
  endif()
  aloft_install_pkg_config(${room} "${rooms}" "${modules}" "${flags}")
endfunction()

# An archive cannot be linked without what it uses, so a static install names all of it as required:
# `pkg-config --libs` is right with and without --static.
function(aloft_install_pkg_config room rooms modules flags)
  list(TRANSFORM rooms PREPEND "aloft-" OUTPUT_VARIABLE required)
  list(TRANSFORM required APPEND " = ${PROJECT_VERSION}")
  list(JOIN required ", " PC_ROOMS)
  list(JOIN modules ", " PC_MODULES)
  list(JOIN flags " " PC_FLAGS)
  if(PC_ROOMS AND PC_MODULES)
    string(PREPEND PC_MODULES ", ")
  endif()
  set(PC_NAME "aloft-${room}")
  set(PC_LIBS "-L\${libdir} -laloft_${room}")
  get_target_property(type aloft_${room} TYPE)
  if(type STREQUAL INTERFACE_LIBRARY)
    set(PC_LIBS "")
  endif()
  if(room STREQUAL aloft)
    set(PC_NAME aloft)
  endif()
  set(PC_ABOUT "${ALOFT_ABOUT_${room}}")
  # Relative to the file itself, so that the folder may be moved.
  set(PC_PREFIX "${CMAKE_INSTALL_PREFIX}")
  set(PC_LIBDIR "${CMAKE_INSTALL_LIBDIR}")
  set(PC_INCLUDEDIR "${CMAKE_INSTALL_INCLUDEDIR}")
  if(NOT IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
    file(RELATIVE_PATH up "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
    string(REGEX REPLACE "/$" "" PC_PREFIX "\${pcfiledir}/${up}")
    set(PC_LIBDIR "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
  endif()
  if(NOT IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
    set(PC_INCLUDEDIR "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
  endif()
  configure_file("${PROJECT_SOURCE_DIR}/cmake/aloft.pc.in"
    "${PROJECT_BINARY_DIR}/package/${PC_NAME}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/package/${PC_NAME}.pc"
    DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endfunction()

# What belongs to no room: the package's two files, the first header, the licence. Called last.
function(aloft_install_package)
  get_property(ALOFT_INSTALLED GLOBAL PROPERTY ALOFT_INSTALLED)
  set(ALOFT_NEEDS "")
  foreach(room IN LISTS ALOFT_INSTALLED)
    get_property(needs GLOBAL PROPERTY ALOFT_NEEDS_${room})
    string(APPEND ALOFT_NEEDS "${needs}\n")
  endforeach()
  set(package "${PROJECT_BINARY_DIR}/package")
  configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/aloft-config.cmake.in"
    "${package}/aloft-config.cmake" INSTALL_DESTINATION "${ALOFT_PACKAGE_DIR}"
    NO_CHECK_REQUIRED_COMPONENTS_MACRO)
  # Before 1.0 a minor version may change what is public.
  write_basic_package_version_file("${package}/aloft-config-version.cmake"
    COMPATIBILITY SameMinorVersion)
  install(FILES "${package}/aloft-config.cmake" "${package}/aloft-config-version.cmake"
    "${PROJECT_SOURCE_DIR}/cmake/FindISAL.cmake" DESTINATION "${ALOFT_PACKAGE_DIR}")
  install(FILES "${PROJECT_SOURCE_DIR}/include/aloft/aloft.hpp"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/aloft")
  install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/NOTICE"
    "${PROJECT_SOURCE_DIR}/THIRD_PARTY_NOTICES.md" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
endfunction()
