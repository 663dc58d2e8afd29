// SPDX-License-Identifier: Apache-2.0
// The callback shape of the chain: one heap object keeps the run alive until `done`.
#include <aloft/http/chain.hpp>

#include <aloft/http/context.hpp>
#include <aloft/http/pending.hpp>

#include <atomic>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace http {

struct RunHandle::Run final : detail::PendingWaiter, std::enable_shared_from_this<Run> {
  Run(const Chain& chain, Context& ctx, const Request& req, AsyncHandler async_handler,
      std::function<void(Response)> on_done)
      : steps(chain, ctx, req),
        context(ctx),
        request(req),
        handler(std::move(async_handler)),
        done(std::move(on_done)) {}

  void advance(ChainRun::Next next) noexcept;
  void run_handler() noexcept;
  void finish() noexcept {
    current.clear();
    done(steps.finish());
  }
  void on_decision(std::optional<GuardDecision> decision) noexcept override {
    const std::shared_ptr<Run> alive = std::move(self);
    advance(steps.go_on(std::move(decision)));
  }

  ChainRun steps;
  Context& context;
  const Request& request;
  AsyncHandler handler;
  std::function<void(Response)> done;
  detail::CurrentPending current;
  std::shared_ptr<Run> self;  // while a guard is pending nobody else keeps the run
};

struct Answer::State {
  explicit State(std::shared_ptr<RunHandle::Run> owner) noexcept : run(std::move(owner)) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (claim()) {
      run->steps.answer(
          Response::problem(500, "Internal Server Error", "the handler gave no answer"));
      run->finish();
    }
  }
  bool claim() noexcept { return !claimed.exchange(true, std::memory_order_acq_rel); }

  std::shared_ptr<RunHandle::Run> run;
  std::atomic<bool> claimed{false};
};

Answer::Answer(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}

bool Answer::send(Response response) noexcept {
  if (!state_->claim()) return false;
  state_->run->steps.answer(std::move(response));
  state_->run->finish();
  return true;
}

bool Answer::fail(std::exception_ptr exception) noexcept {
  if (!state_->claim()) return false;
  state_->run->steps.fail(std::move(exception));
  state_->run->finish();
  return true;
}

void RunHandle::Run::advance(ChainRun::Next next) noexcept {
  while (next == ChainRun::Next::wait) {
    const std::shared_ptr<detail::PendingState> pending = steps.pending();
    current.set(pending);
    self = shared_from_this();
    detail::PendingState::Taken taken = pending->take_or_wait(*this);
    if (!taken.settled) return;
    self.reset();
    next = steps.go_on(std::move(taken.decision));
  }
  current.clear();
  if (next == ChainRun::Next::handler) {
    run_handler();
  } else {
    finish();
  }
}

void RunHandle::Run::run_handler() noexcept {
  Answer answer(std::make_shared<Answer::State>(shared_from_this()));
  try {
    handler(context, request, answer);
  } catch (...) {
    answer.fail(std::current_exception());
  }
}

RunHandle run(const Chain& chain, Context& context, const Request& request, AsyncHandler handler,
              std::function<void(Response)> done) {
  auto state = std::make_shared<RunHandle::Run>(chain, context, request, std::move(handler),
                                                std::move(done));
  state->advance(state->steps.start());
  return RunHandle(state);
}

bool RunHandle::expire() noexcept {
  const std::shared_ptr<Run> run = run_.lock();
  return run && detail::expire_pending(run->current);
}

}  // namespace http
}  // namespace v0
}  // namespace aloft
