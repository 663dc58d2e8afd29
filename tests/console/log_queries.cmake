# SPDX-License-Identifier: Apache-2.0
# The two query languages of logs: filter patterns and Insights.
aloft_add_test(console_log_queries_test
  SOURCES
    logs/filter_pattern_test.cpp
    logs/json_pattern_test.cpp
  LIBRARIES aloft::console aloft::testing)
aloft_add_fuzzer(console_log_pattern_fuzz
  SOURCES logs/pattern_fuzz.cpp LIBRARIES aloft::console
  CORPUS "${CMAKE_CURRENT_SOURCE_DIR}/corpus/log_pattern")
