// SPDX-License-Identifier: Apache-2.0
// What every store must do, run over both kinds: in memory and in a file.
#include "console/store.hpp"

#include "documents.hpp"
#include "scratch_folder.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace aloft::console {
namespace {

using fixture::in_progress;
using fixture::segment;
using fixture::trace_id;

class StoreContract : public ::testing::TestWithParam<bool> {
 protected:
  void open(std::uint64_t max_bytes = std::uint64_t{64} << 20U) {
    const std::string path = GetParam() ? folder_.path("traces.db") : "";
    store_.reset();
    auto store = Store::create({path, max_bytes}, Clock::system());
    ASSERT_TRUE(store) << store.error().to_string();
    store_ = std::move(*store);
  }
  void SetUp() override { open(); }

  WriteOutcome write(const std::vector<std::string>& documents) {
    std::vector<Document> batch;
    for (const std::string& json : documents) batch.push_back(fixture::parsed(json));
    return store_->write(batch);
  }
  std::string segments_of(std::uint64_t trace) {
    auto found = store_->find(trace_id(trace));
    if (!found || !*found) return "none";
    return (*found)->documents;
  }
  // The trace numbers of a page, newest first.
  std::string list(std::string_view query, ListOptions options, std::string* next = nullptr) {
    auto page = store_->list(std::get<Query>(Query::parse(query)), options, Deadline::never());
    if (!page) return "failed";
    std::string out;
    for (const std::string& summary : page->summaries) {
      out += std::to_string(std::stoull(summary.substr(18, 24), nullptr, 16)) + " ";
    }
    if (next != nullptr) *next = page->next ? page->next->text() : "";
    return out;
  }

  fixture::ScratchFolder folder_;
  std::unique_ptr<Store> store_;
};

INSTANTIATE_TEST_SUITE_P(Kinds, StoreContract, ::testing::Bool(), [](const auto& kind) {
  return kind.param ? std::string("File") : std::string("Memory");
});

TEST_P(StoreContract, KeepsDocumentsAsTheyCame) {
  const std::string odd = segment(1, 2, 100.0, R"( , "Dummy":false,"metadata":{"a":[1,null]})");

  const WriteOutcome outcome = write({odd});

  EXPECT_EQ(outcome.stored, 1U);
  EXPECT_EQ(segments_of(1), odd);
  EXPECT_EQ(segments_of(2), "none");
}

TEST_P(StoreContract, AnswersDocumentsOldestFirst) {
  const std::string late = segment(1, 3, 102.0);
  const std::string early = segment(1, 2, 100.0);

  write({late, early});

  EXPECT_EQ(segments_of(1), early + "," + late);
}

TEST_P(StoreContract, PacksLongDocumentsAndGivesThemBackWhole) {
  const std::string filler(30'000, 'x');
  const std::string json = segment(1, 2, 100.0, ",\"metadata\":\"" + filler + "\"");

  write({json});

  EXPECT_EQ(segments_of(1), json);
  EXPECT_LT(store_->status().bytes, 120'000U);
}

TEST_P(StoreContract, IgnoresAnIdenticalRepeatAndCountsIt) {
  const std::string json = segment(1, 2);
  write({json});

  const WriteOutcome outcome = write({json, json});

  EXPECT_EQ(outcome.stored, 0U);
  EXPECT_EQ(outcome.duplicates, 2U);
  EXPECT_TRUE(outcome.changes.empty());
  EXPECT_EQ(store_->status().segments, 1U);
}

TEST_P(StoreContract, LetsTheCompleteFormReplaceTheOneInProgress) {
  write({in_progress(1, 2)});

  const WriteOutcome outcome = write({segment(1, 2)});

  EXPECT_EQ(outcome.stored, 1U);
  ASSERT_EQ(outcome.changes.size(), 1U);
  EXPECT_NE(outcome.changes[0].summary.find(R"("in_progress":false)"), std::string::npos);
  EXPECT_NE(outcome.changes[0].summary.find(R"("segments":1)"), std::string::npos);
  EXPECT_EQ(segments_of(1), segment(1, 2));
  EXPECT_EQ(store_->status().segments, 1U);
}

TEST_P(StoreContract, IgnoresTheFormInProgressThatComesLate) {
  write({segment(1, 2)});

  const WriteOutcome outcome = write({in_progress(1, 2)});

  EXPECT_EQ(outcome.duplicates, 1U);
  EXPECT_EQ(segments_of(1), segment(1, 2));
}

TEST_P(StoreContract, TellsTheMapWhatALateDocumentChanges) {
  write({segment(1, 2)});
  for (unsigned i = 0; i < 90; ++i) {  // so many others that the first trace is read back
    std::vector<std::string> others;
    for (unsigned j = 0; j < 100; ++j) others.push_back(segment(100 + i * 100 + j, 2));
    write(others);
  }

  const WriteOutcome late =
      write({segment(1, 3, 100.6, R"(,"parent_id":"0000000000000002")", "ledger")});

  ASSERT_EQ(late.records.size(), 1U);
  ASSERT_NE(late.records[0].before, nullptr);
  EXPECT_EQ(late.records[0].before->visits.size(), 1U);
  EXPECT_EQ(late.records[0].after->visits.size(), 2U);
  EXPECT_EQ(late.records[0].after->calls.size(), 1U);
}

TEST_P(StoreContract, TellsTheMapNothingMoreOfATraceThatWasEvicted) {
  open(kMinStoreBytes);
  EXPECT_EQ(write({segment(1, 2)}).records.size(), 1U);
  for (unsigned i = 0; store_->status().evicted_traces == 0 && i < 100; ++i) {
    std::vector<std::string> others;
    for (unsigned j = 0; j < 100; ++j) others.push_back(segment(100 + i * 100 + j, 2));
    write(others);
  }
  ASSERT_EQ(segments_of(1), "none");

  const WriteOutcome late = write({segment(1, 3)});

  EXPECT_EQ(late.stored, 1U);
  EXPECT_EQ(late.changes.size(), 1U);
  EXPECT_TRUE(late.records.empty());
}

TEST_P(StoreContract, TakesTheLaterOfTwoDifferentCompleteForms) {
  write({segment(1, 2)});

  write({segment(1, 2, 100.5, R"(,"fault":true)")});

  EXPECT_EQ(list("fault", {}), "1 ");
  EXPECT_EQ(store_->status().segments, 1U);
}

TEST_P(StoreContract, TellsEachChangedTraceOnceABatchWithAGrowingRevision) {
  const WriteOutcome first = write({segment(1, 2), segment(1, 3), segment(2, 2)});
  const WriteOutcome second = write({segment(1, 4)});

  ASSERT_EQ(first.changes.size(), 2U);
  EXPECT_EQ(first.changes[0].id, trace_id(1));
  EXPECT_NE(first.changes[0].summary.find(R"("revision":1})"), std::string::npos);
  EXPECT_NE(first.changes[1].summary.find(R"("revision":2})"), std::string::npos);
  ASSERT_EQ(second.changes.size(), 1U);
  EXPECT_NE(second.changes[0].summary.find(R"("segments":3,"spans":3,"revision":3})"),
            std::string::npos)
      << second.changes[0].summary;
}

TEST_P(StoreContract, ListsNewestFirstInPages) {
  for (unsigned i = 1; i <= 5; ++i) write({segment(i, 1, 100.0 + i)});
  std::string next;

  EXPECT_EQ(list("", {.limit = 2}, &next), "5 4 ");
  EXPECT_EQ(list("", {.limit = 2, .before = Cursor::parse(next)}, &next), "3 2 ");
  EXPECT_EQ(list("", {.limit = 2, .before = Cursor::parse(next)}, &next), "1 ");
  EXPECT_EQ(next, "");
}

TEST_P(StoreContract, HasNoNextPageWhenTheLastOneIsExactlyFull) {
  for (unsigned i = 1; i <= 4; ++i) write({segment(i, 1, 100.0)});
  std::string next = "unset";

  EXPECT_EQ(list("", {.limit = 4}, &next), "4 3 2 1 ");
  EXPECT_EQ(next, "");
}

TEST_P(StoreContract, FindsARareTraceAmongThousands) {
  std::vector<std::string> documents;
  for (unsigned i = 1; i <= 3000; ++i) documents.push_back(segment(i, 1, 100.0 + i));
  documents.push_back(segment(7, 2, 90.0, R"(,"annotations":{"tenant_id":"globex"})"));
  write(documents);
  std::string next = "unset";

  EXPECT_EQ(list("tenant_id=globex", {}, &next), "7 ");
  EXPECT_EQ(next, "");
}

TEST_P(StoreContract, ASearchPastItsDeadlineAnswersWithACursorToGoOnFrom) {
  std::vector<std::string> documents;
  for (unsigned i = 1; i <= 600; ++i) documents.push_back(segment(i, 1, 100.0 + i));
  write(documents);
  const auto query = std::get<Query>(Query::parse("nowhere"));
  const Deadline passed{SteadyTime::min()};

  auto page = store_->list(query, {}, passed);

  ASSERT_TRUE(page);
  EXPECT_TRUE(page->summaries.empty());
  EXPECT_TRUE(page->next);
}

TEST_P(StoreContract, StaysBelowItsLimitAndLetsTheFirstArrivedGoFirst) {
  open(std::uint64_t{1} << 20U);
  // Bytes that do not shrink: 200 documents of 15 KB are three times the limit.
  std::uint64_t noise = 1;
  for (unsigned i = 1; i <= 200; ++i) {
    std::string filler;
    while (filler.size() < 15'000) {
      noise = noise * 6364136223846793005U + 1442695040888963407U;
      filler += fixture::id_text(noise);
    }
    // The first to arrive claims to be the newest.
    write({segment(i, 1, 1000.0 - i, ",\"metadata\":\"" + filler + "\"")});
    ASSERT_LE(store_->status().bytes, std::uint64_t{1} << 20U);
  }

  const StoreStatus status = store_->status();

  EXPECT_EQ(status.traces + status.evicted_traces, 200U);
  EXPECT_EQ(status.segments, status.traces);
  EXPECT_GT(status.traces, 20U);
  EXPECT_EQ(segments_of(1), "none");
  EXPECT_NE(segments_of(200), "none");
}

TEST_P(StoreContract, TakesANewDocumentOfAnEvictedTrace) {
  open(std::uint64_t{1} << 20U);
  write({segment(1, 1)});
  std::uint64_t noise = 1;
  for (unsigned i = 2; segments_of(1) != "none" && i < 500; ++i) {
    std::string random;
    while (random.size() < 30'000) {
      noise = noise * 6364136223846793005U + 1442695040888963407U;
      random += fixture::id_text(noise);
    }
    write({segment(i, 1, 100.0, ",\"metadata\":\"" + random + "\"")});
  }
  ASSERT_EQ(segments_of(1), "none");

  const WriteOutcome outcome = write({segment(1, 2)});

  EXPECT_EQ(outcome.stored, 1U);
  EXPECT_EQ(segments_of(1), segment(1, 2));
}

TEST_P(StoreContract, RefusesMoreDocumentsThanOneTraceMayHave) {
  std::vector<std::string> documents;
  for (unsigned i = 0; i < kMaxTraceDocuments + 5; ++i) documents.push_back(segment(1, i));

  WriteOutcome outcome = write(documents);

  EXPECT_EQ(outcome.stored, 10'000U);
  ASSERT_EQ(outcome.refused.size(), 5U);
  EXPECT_EQ(outcome.refused[4].reason, Reject::trace_full);
  EXPECT_EQ(store_->status().segments, 10'000U);
}

TEST_P(StoreContract, ForgetsEverything) {
  write({segment(1, 2), segment(2, 2)});

  ASSERT_TRUE(store_->clear());

  EXPECT_EQ(list("", {}), "");
  EXPECT_EQ(segments_of(1), "none");
  EXPECT_EQ(store_->status().traces, 0U);
  EXPECT_EQ(store_->status().segments, 0U);
  EXPECT_EQ(write({segment(1, 2)}).stored, 1U);
  EXPECT_EQ(list("", {}), "1 ");
}

TEST_P(StoreContract, KeepsAnAccountOfEveryDocument) {
  std::uint64_t stored = 0;
  std::uint64_t duplicates = 0;
  for (unsigned round = 0; round < 50; ++round) {
    const WriteOutcome outcome =
        write({segment(round % 7, round % 3), in_progress(round % 7, round % 5)});
    stored += outcome.stored;
    duplicates += outcome.duplicates;
  }

  EXPECT_EQ(stored + duplicates, 100U);
  EXPECT_EQ(store_->status().traces, 7U);
  EXPECT_EQ(store_->status().segments, 35U);
}

TEST(Cursor, RefusesWhatIsNotOne) {
  EXPECT_EQ(Cursor::parse("12.34"), (Cursor{12, 34}));
  for (const char* text :
       {"", ".", "1", "1.", ".1", "a.1", "1.-1", "1.2.3", "1 .2", "99999999999999999999.1"}) {
    EXPECT_FALSE(Cursor::parse(text)) << text;
  }
}

}  // namespace
}  // namespace aloft::console
