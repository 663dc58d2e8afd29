# SPDX-License-Identifier: Apache-2.0
# Puts every file of the built page into the program, with no tool but the compiler: a generated
# source pulls each one in with the assembler's .incbin and lists it in a table.
#   aloft_embed_page(OUTPUT_VARIABLE DIRECTORY)
function(aloft_embed_page output directory)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE "${directory}" "${directory}/*")
  list(SORT files)
  if(NOT "index.html" IN_LIST files)
    message(FATAL_ERROR "${directory} holds no index.html: build the page first")
  endif()
  set(data "")
  set(declarations "")
  set(table "")
  set(depends "")
  set(number 0)
  foreach(file IN LISTS files)
    math(EXPR number "${number} + 1")
    set(symbol "aloft_page_file_${number}")
    list(APPEND depends "${directory}/${file}")
    string(APPEND data
      "asm(\".pushsection .rodata\\n\"\n"
      "    \".global ${symbol}_begin\\n.hidden ${symbol}_begin\\n\"\n"
      "    \".global ${symbol}_end\\n.hidden ${symbol}_end\\n\"\n"
      "    \"${symbol}_begin:\\n.incbin \\\"${directory}/${file}\\\"\\n${symbol}_end:\\n\"\n"
      "    \".byte 0\\n.popsection\\n\");\n")
    string(APPEND declarations
      "extern \"C\" const char ${symbol}_begin[];\nextern \"C\" const char ${symbol}_end[];\n")
    string(APPEND table "    {\"/${file}\", ${symbol}_begin, ${symbol}_end},\n")
  endforeach()
  set(source "${CMAKE_CURRENT_BINARY_DIR}/page_files.cpp")
  file(CONFIGURE OUTPUT "${source}" @ONLY CONTENT
"// SPDX-License-Identifier: Apache-2.0
// Made by embed_page.cmake from the folder of the built page.
#include \"console/page_files.hpp\"

@declarations@
@data@
namespace aloft::console {
namespace {
constexpr EmbeddedFile kFiles[] = {
@table@};
}  // namespace

std::span<const EmbeddedFile> embedded_files() noexcept { return kFiles; }

}  // namespace aloft::console
")
  set_source_files_properties("${source}" PROPERTIES OBJECT_DEPENDS "${depends}")
  set(${output} "${source}" PARENT_SCOPE)
endfunction()
