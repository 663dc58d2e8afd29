// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/cached_credentials.hpp>

#include <aloft/testing/manual_clock.hpp>
#include <aloft/testing/memory_diagnostics.hpp>
#include <aloft/testing/sequence_random.hpp>

#include "aws/fixture.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <thread>

namespace aloft::aws {
namespace {

/// Answers when and what it is told.
class Puppet final : public CredentialsProvider {
 public:
  struct Strings {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Result<Credentials>> answers;
    int fetches = 0;

    void give(Result<Credentials> answer) {
      const std::lock_guard lock(mutex);
      answers.push_back(std::move(answer));
      changed.notify_all();
    }
    bool wait_for_fetch(int count) {
      std::unique_lock lock(mutex);
      return changed.wait_for(lock, 20s, [&] { return fetches >= count; });
    }
  };

  explicit Puppet(std::shared_ptr<Strings> strings) : strings_(std::move(strings)) {}

  Result<Credentials> fetch(Deadline) override {
    std::unique_lock lock(strings_->mutex);
    ++strings_->fetches;
    strings_->changed.notify_all();
    strings_->changed.wait(lock, [&] { return !strings_->answers.empty(); });
    Result<Credentials> answer = std::move(strings_->answers.front());
    strings_->answers.pop_front();
    return answer;
  }

 private:
  const std::shared_ptr<Strings> strings_;
};

class CachedCredentialsTest : public ::testing::Test {
 protected:
  CachedCredentials& make(CachedCredentialsOptions options = {}) {
    Result<CachedCredentials> made = CachedCredentials::create(
        std::make_unique<Puppet>(strings_), options, {clock_, random_, diagnostics_});
    EXPECT_TRUE(made);
    cache_.emplace(std::move(*made));
    return *cache_;
  }
  Credentials with_life(std::string id, Nanoseconds life) const {
    Credentials made = example_credentials();
    made.access_key_id = std::move(id);
    made.expiration = clock_.now().wall + life;
    return made;
  }
  std::string id_now() {
    const Result<SharedCredentials> got = cache_->get(soon());
    return got ? (*got)->access_key_id : got.error().message;
  }
  /// Of the manual clock; who must not wait at all gets the answer.
  Deadline soon() const { return Deadline::after(clock_, 24h); }
  bool eventually(const std::function<bool()>& done) const {
    const auto limit = std::chrono::steady_clock::now() + 20s;
    while (!done()) {
      if (std::chrono::steady_clock::now() > limit) return false;
      std::this_thread::yield();
    }
    return true;
  }
  static Unexpected trouble() { return fail(ErrorCode::unavailable, "trouble"); }

  testing::ManualClock clock_;
  testing::SequenceRandom random_;
  testing::MemoryDiagnostics diagnostics_;
  std::shared_ptr<Puppet::Strings> strings_ = std::make_shared<Puppet::Strings>();
  std::optional<CachedCredentials> cache_;
};

TEST_F(CachedCredentialsTest, AreFetchedOnceForAllWhoWait) {
  make();
  std::atomic<int> told{0};
  for (int i = 0; i < 10; ++i) {
    cache_->get(soon(), [&](Result<SharedCredentials> who) {
      if (who && (*who)->access_key_id == "one") ++told;
    });
  }
  ASSERT_TRUE(strings_->wait_for_fetch(1));

  strings_->give(with_life("one", 1h));

  EXPECT_TRUE(eventually([&] { return told == 10; }));
  EXPECT_EQ(id_now(), "one");
  EXPECT_EQ(cache_->stats().fetches, 1u);
}

TEST_F(CachedCredentialsTest, AreRenewedAheadWhileTheOldOnesServe) {
  make();
  strings_->give(with_life("old", 1h));
  ASSERT_EQ(id_now(), "old");

  clock_.advance(44min);
  EXPECT_EQ(id_now(), "old");
  EXPECT_EQ(cache_->stats().fetches, 1u);
  clock_.advance(5min);  // 15 minutes ahead, less jitter of at most three
  EXPECT_EQ(id_now(), "old");
  ASSERT_TRUE(strings_->wait_for_fetch(2));
  EXPECT_EQ(id_now(), "old");  // nobody waits for the fetch
  strings_->give(with_life("new", 1h));

  EXPECT_TRUE(eventually([&] { return id_now() == "new"; }));
  EXPECT_EQ(cache_->stats().fetches, 2u);
}

TEST_F(CachedCredentialsTest, AreKeptUntilTheyExpireWhenRenewingFails) {
  make();
  strings_->give(with_life("old", 1h));
  ASSERT_EQ(id_now(), "old");
  clock_.advance(50min);

  strings_->give(trouble());
  EXPECT_EQ(id_now(), "old");
  ASSERT_TRUE(eventually([&] { return cache_->stats().failures == 1; }));
  EXPECT_EQ(id_now(), "old");
  clock_.advance(11min);
  strings_->give(trouble());

  EXPECT_EQ(id_now(), "trouble");
}

TEST_F(CachedCredentialsTest, AnswerWithTheSameErrorUntilTheBackOffEnds) {
  make({.first_backoff = 1s, .longest_backoff = 4s});
  strings_->give(trouble());
  EXPECT_EQ(id_now(), "trouble");

  EXPECT_EQ(id_now(), "trouble");  // at once: no second fetch
  EXPECT_EQ(cache_->stats().fetches, 1u);
  clock_.advance(1s + 1ms);
  strings_->give(with_life("good", 1h));

  EXPECT_EQ(id_now(), "good");
  EXPECT_EQ(cache_->stats().fetches, 2u);
  EXPECT_FALSE(diagnostics_.reports().empty());
}

TEST_F(CachedCredentialsTest, LetNobodyWaitBeyondTheirDeadline) {
  make();
  std::atomic<int> late{0};
  std::atomic<int> served{0};
  cache_->get(Deadline::after(clock_, 1s), [&](Result<SharedCredentials> who) {
    late += !who && who.error().code == ErrorCode::deadline_exceeded ? 1 : 0;
  });
  cache_->get(Deadline::after(clock_, 1h),
              [&](Result<SharedCredentials> who) { served += who ? 1 : 0; });
  ASSERT_TRUE(strings_->wait_for_fetch(1));

  clock_.advance(2s);

  EXPECT_TRUE(eventually([&] { return late == 1; }));
  EXPECT_EQ(served, 0);
  strings_->give(with_life("one", 1h));
  EXPECT_TRUE(eventually([&] { return served == 1; }));
  EXPECT_EQ(cache_->stats().expired_waiters, 1u);
}

TEST_F(CachedCredentialsTest, AreGivenUpWhenAServiceRefusesThemButNotTooOften) {
  make();
  strings_->give(with_life("one", 1h));
  const Result<SharedCredentials> one = cache_->get(soon());
  ASSERT_TRUE(one);

  cache_->refuse(*one);  // younger than ten seconds
  EXPECT_EQ(id_now(), "one");
  clock_.advance(11s);
  cache_->refuse(*one);
  strings_->give(with_life("two", 1h));
  EXPECT_EQ(id_now(), "two");
  clock_.advance(11s);
  cache_->refuse(*one);  // newer ones have come since

  EXPECT_EQ(id_now(), "two");
  EXPECT_EQ(cache_->stats().refusals, 1u);
}

TEST_F(CachedCredentialsTest, ServeTenMinutesWhenTheyHadExpiredOnArrival) {
  make();
  strings_->give(with_life("stale", -1h));
  EXPECT_EQ(id_now(), "stale");
  EXPECT_EQ(cache_->stats().arrived_expired, 1u);

  clock_.advance(11min);
  strings_->give(with_life("fresh", 1h));

  EXPECT_EQ(id_now(), "fresh");
}

TEST_F(CachedCredentialsTest, WithoutExpirationAreFetchedOnce) {
  make();
  strings_->give(example_credentials());
  ASSERT_EQ(id_now(), "AKIDEXAMPLE");

  clock_.advance(24h * 365);

  EXPECT_EQ(id_now(), "AKIDEXAMPLE");
  EXPECT_EQ(cache_->stats().fetches, 1u);
}

TEST_F(CachedCredentialsTest, RefuseWhoWaitsAboveTheLimit) {
  make({.waiters_limit = 2});
  std::atomic<int> refused{0};
  for (int i = 0; i < 3; ++i) {
    cache_->get(soon(), [&](Result<SharedCredentials> who) {
      refused += !who && who.error().code == ErrorCode::resource_exhausted ? 1 : 0;
    });
  }

  EXPECT_EQ(refused, 1);
  EXPECT_EQ(cache_->stats().refused_waiters, 1u);
  strings_->give(example_credentials());
  cache_.reset();  // tells who waits, before what they count in has gone
}

TEST_F(CachedCredentialsTest, TellWhoWaitsWhenTheyEnd) {
  make();
  std::atomic<int> cancelled{0};
  cache_->get(soon(), [&](Result<SharedCredentials> who) {
    cancelled += !who && who.error().code == ErrorCode::cancelled ? 1 : 0;
  });
  ASSERT_TRUE(strings_->wait_for_fetch(1));
  strings_->give(trouble());

  cache_.reset();

  EXPECT_LE(cancelled, 1);  // or the failure came first
}

TEST_F(CachedCredentialsTest, MayEndInWhatTheyTell) {
  make();
  std::atomic<bool> ended{false};
  cache_->get(soon(), [&](Result<SharedCredentials>) {
    cache_.reset();
    ended = true;
  });

  strings_->give(example_credentials());

  EXPECT_TRUE(eventually([&] { return ended.load(); }));
}

TEST_F(CachedCredentialsTest, SurviveAProviderThatThrows) {
  class Throws final : public CredentialsProvider {
    Result<Credentials> fetch(Deadline) override { throw std::runtime_error("hush"); }
  };
  Result<CachedCredentials> made =
      CachedCredentials::create(std::make_unique<Throws>(), {}, {clock_, random_, diagnostics_});
  ASSERT_TRUE(made);

  const Result<SharedCredentials> got = made->get(soon());

  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ErrorCode::internal);
}

TEST_F(CachedCredentialsTest, RefuseOptionsOutOfRange) {
  const auto refused = [](CachedCredentialsOptions options) {
    return !CachedCredentials::create(fixed_credentials(example_credentials()), options);
  };
  EXPECT_TRUE(refused({.refresh_ahead = -1s}));
  EXPECT_TRUE(refused({.fetch_timeout = 0s}));
  EXPECT_TRUE(refused({.first_backoff = 25h}));
  EXPECT_TRUE(refused({.waiters_limit = 0}));
  EXPECT_FALSE(CachedCredentials::create(nullptr));
}

TEST(CachedCredentialsEnd, LeavesAProviderBehindThatCannotBeCancelled) {
  class Stuck final : public CredentialsProvider {
   public:
    explicit Stuck(std::shared_future<void> end, std::promise<void>& asked)
        : end_(std::move(end)), asked_(asked) {}
    Result<Credentials> fetch(Deadline) override {
      asked_.set_value();
      end_.wait();
      return example_credentials();
    }

   private:
    const std::shared_future<void> end_;
    std::promise<void>& asked_;
  };
  std::promise<void> end;
  std::promise<void> asked;
  std::promise<ErrorCode> told;
  {
    Result<CachedCredentials> cached =
        CachedCredentials::create(std::make_unique<Stuck>(end.get_future(), asked));
    ASSERT_TRUE(cached);
    cached->get(Deadline::never(), [&](Result<SharedCredentials> who) {
      told.set_value(who ? ErrorCode::internal : who.error().code);
    });
    asked.get_future().wait();
  }  // would wait for ever

  EXPECT_EQ(told.get_future().get(), ErrorCode::cancelled);
  end.set_value();
}

}  // namespace
}  // namespace aloft::aws
