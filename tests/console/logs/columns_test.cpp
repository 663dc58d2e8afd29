// SPDX-License-Identifier: Apache-2.0
#include "console/logs/columns.hpp"

#include <gtest/gtest.h>

#include <string>

namespace aloft::console::logs {
namespace {

TEST(Columns, AreTakenFromAnObjectOnly) {
  ColumnReader reader;

  EXPECT_EQ(reader.read("level=ERROR"), ColumnViews());
  EXPECT_EQ(reader.read(R"(["level","ERROR"])"), ColumnViews());
  EXPECT_EQ(reader.read(R"({"level":"ERROR")"), ColumnViews());
  EXPECT_EQ(reader.read("{\"level\":\"\xff\"}"), ColumnViews());
  EXPECT_EQ(reader.read(""), ColumnViews());
  EXPECT_EQ(reader.read(" \n"), ColumnViews());
  EXPECT_EQ(reader.read(R"({"level":"ERROR"})").level, "ERROR");
  EXPECT_EQ(reader.read(" \t\r\n{\"level\":\"ERROR\"}\n").level, "ERROR");
}

TEST(Columns, LeaveOutWhatIsNoTextOrTooLong) {
  ColumnReader reader;
  const std::string longest(kMaxColumnBytes, 'x');

  EXPECT_EQ(reader.read(R"({"level":30,"service":null,"request_id":["a"]})"), ColumnViews());
  EXPECT_EQ(reader.read(R"({"service":")" + longest + "\"}").service, longest);
  EXPECT_EQ(reader.read(R"({"service":"x)" + longest + "\"}").service, "");
}

TEST(Columns, PreferTheTenantIdAndWriteTraceIdsInOneForm) {
  ColumnReader reader;

  EXPECT_EQ(reader.read(R"({"tenant":"b","tenant_id":"a"})").tenant, "a");
  EXPECT_EQ(reader.read(R"({"tenant":"b"})").tenant, "b");
  EXPECT_EQ(reader.read(R"({"trace_id":"67891234ABCDEF678901234567890123"})").trace_id,
            "1-67891234-abcdef678901234567890123");
  EXPECT_EQ(reader.read(R"({"trace_id":"1-67891234-ABCDEF678901234567890123"})").trace_id,
            "1-67891234-abcdef678901234567890123");
  EXPECT_EQ(reader.read(R"({"trace_id":"none"})").trace_id, "");
}

TEST(Columns, AreNotLookedForInDeepOrLongEvents) {
  ColumnReader reader;
  const std::string deep =
      R"({"level":"ERROR","x":)" + std::string(64, '[') + std::string(64, ']') + "}";
  const std::string large = R"({"level":"ERROR","x":")" + std::string(kMaxParsedBytes, 'x') + "\"}";

  EXPECT_EQ(reader.read(deep), ColumnViews());
  EXPECT_EQ(reader.read(large), ColumnViews());
  EXPECT_EQ(reader.read(R"({"level":"INFO"})").level, "INFO");
}

}  // namespace
}  // namespace aloft::console::logs
