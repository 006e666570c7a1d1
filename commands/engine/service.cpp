#include "commands/engine/service.hpp"

#include <fmt/format.h>

#include <random>

namespace engine {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds tick_period{50};
constexpr milliseconds between_questions{200};  // of who leads
constexpr milliseconds silence{
    2'000};  // after which a leader that does not answer has lost its right

std::string random_incarnation() {
  std::random_device random;
  return fmt::format("{:08x}", static_cast<std::uint32_t>(random()));
}

}  // namespace

// Reads the store on a thread of its own, unless nothing that is wanted is there.
class Service::StoreLoader final : public Loader {
 public:
  StoreLoader(
      const Streams& streams,
      std::function<void(std::vector<Found>)> done,
      std::function<void(const std::exception&)> failed)
      : streams_{streams},
        done_{std::move(done)},
        thread_{"loader", [] { return std::chrono::hours{1}; }, std::move(failed)} {
    thread_.start();
  }

  void load(std::vector<Wanted> wanted) override {
    if (auto found = find_new(wanted)) return done_(std::move(*found));
    thread_.post([this, wanted = std::move(wanted)] {
      std::vector<Found> found;
      found.reserve(wanted.size());
      for (const auto& one : wanted) found.push_back(find(one));
      done_(std::move(found));
    });
  }

 private:
  std::optional<std::vector<Found>> find_new(const std::vector<Wanted>& wanted) const {
    std::vector<Found> found;
    found.reserve(wanted.size());
    for (const auto& one : wanted) {
      if (one.id && streams_.may_have_decided(*one.id)) return std::nullopt;
      auto& made = found.emplace_back();
      for (const auto& stream : one.streams) {
        auto loaded = streams_.load_new(stream);
        if (!loaded) return std::nullopt;
        made.aggregates.emplace_back(stream, std::move(*loaded));
      }
    }
    return found;
  }

  Found find(const Wanted& wanted) const {
    Found found;
    try {
      if (wanted.id)
        if (const auto number = streams_.decided_by(*wanted.id)) {
          found.earlier = streams_.commit(*number);
          return found;
        }
      for (const auto& stream : wanted.streams)
        found.aggregates.emplace_back(stream, streams_.load(stream));
    } catch (const schemas::Corrupt& corrupt) {
      found.damage = fmt::format(
          "{}; restore the engine's store, or delete it to have it rebuilt", corrupt.what());
    }
    return found;
  }

  const Streams& streams_;
  std::function<void(std::vector<Found>)> done_;
  Worker thread_;
};

Service::Service(Options options)
    : options_{std::move(options)},
      streams_{options_.store, registry()},
      runner_{options_.store, fold_, [this](const auto& progress, const auto& incarnation) {
                options_.folded(progress.back().head.next - 1);
                blocks_ += progress.size();
                thread_->post(
                    [this, progress, incarnation] { engine_->on_folded(progress, incarnation); });
              }} {
  const auto failed = [this](const std::exception& error) { options_.failed(error.what()); };
  loader_ = std::make_unique<StoreLoader>(
      streams_,
      [this](std::vector<Found> found) {
        auto shared = std::make_shared<std::vector<Found>>(std::move(found));
        thread_->post([this, shared] { engine_->on_loaded(std::move(*shared)); });
      },
      failed);
  thread_ = std::make_shared<Worker>(
      "engine", [this] { return after_group(); }, failed);
  engine_ = std::make_unique<Engine>(
      Engine::Ports{
          .writer = options_.writer,
          .loader = *loader_,
          .clock = options_.clock,
          .registry = registry(),
          .tell = options_.tell,
          .post =
              [weak = std::weak_ptr{thread_}](std::function<void()> task) {
                if (const auto thread = weak.lock()) thread->post(std::move(task));
              },
          .deployment = options_.deployment,
          .new_incarnation = random_incarnation},
      options_.limits);
  const auto cursor = runner_.cursor();
  engine_->on_folded({{cursor.head, true}}, cursor.incarnation);
  thread_->start();
  following_.emplace("fold streams", options_.log, std::vector{&runner_}, options_.failed);
}

Service::~Service() {
  following_.reset();
  loader_.reset();
  thread_->stop();
}

void Service::submit(Command command, Reply reply) {
  const auto id = command_id(command.client, command.key);
  auto shared = std::make_shared<std::pair<Command, Reply>>(std::move(command), std::move(reply));
  thread_->post([this, id, shared] {
    engine_->submit(std::move(shared->first), id, std::move(shared->second));
  });
}

std::chrono::microseconds Service::after_group() {
  if (!engine_->leading()) stand_by(options_.clock.elapsed());
  engine_->tick();
  engine_->flush();
  if (leading_ != engine_->leading()) options_.presence.leads(engine_->leading());
  leading_ = engine_->leading();
  epoch_ = engine_->epoch();
  waiting_ = engine_->waiting();
  if (drained_ && engine_->idle()) {
    drained_->set_value();
    drained_.reset();
  }
  const auto until = engine_->gathers_until();
  if (!until) return tick_period;
  return std::clamp<std::chrono::microseconds>(
      *until - options_.clock.elapsed(), std::chrono::microseconds{1}, tick_period);
}

// Tries to take the lead when nobody has it.
void Service::stand_by(std::chrono::microseconds now) {
  if (asking_ && now - asked_ >= silence) {
    asking_ = another_leads_ = false;
    engine_->lead();
  }
  if (asking_ || now - asked_ < between_questions) return;
  asking_ = true;
  asked_ = now;
  options_.presence.ask([this, weak = std::weak_ptr{thread_}](bool somebody_leads) {
    const auto thread = weak.lock();
    if (!thread) return;
    thread->post([this, somebody_leads] {
      asking_ = false;
      another_leads_ = somebody_leads;
      if (!somebody_leads) engine_->lead();
    });
  });
}

std::optional<std::string> Service::not_ready() const {
  if (leading_ || another_leads_) return std::nullopt;
  return fmt::format(
      "no engine leads the log yet; this one has followed it to commit {}",
      runner_.cursor().head.next);
}

std::string Service::incarnation() const { return runner_.cursor().incarnation; }

std::string Service::metrics() const {
  return fmt::format(
      "# HELP construct_engine_leading Whether this engine leads the log.\n"
      "# TYPE construct_engine_leading gauge\nconstruct_engine_leading {}\n"
      "# HELP construct_engine_epoch The epoch in which it leads or led.\n"
      "# TYPE construct_engine_epoch gauge\nconstruct_engine_epoch {}\n"
      "# HELP construct_engine_commands_waiting Commands that have not been answered.\n"
      "# TYPE construct_engine_commands_waiting gauge\nconstruct_engine_commands_waiting {}\n"
      "# HELP construct_engine_folded_commits Commits in the streams store.\n"
      "# TYPE construct_engine_folded_commits counter\nconstruct_engine_folded_commits {}\n"
      "# HELP construct_engine_folded_blocks_total Blocks folded since the process began.\n"
      "# TYPE construct_engine_folded_blocks_total counter\nconstruct_engine_folded_blocks_total "
      "{}\n",
      leading_ ? 1 : 0,
      epoch_.load(),
      waiting_.load(),
      runner_.cursor().head.next,
      blocks_.load());
}

void Service::drain(milliseconds patience) {
  std::promise<void> drained;
  auto done = drained.get_future();
  auto shared = std::make_shared<std::promise<void>>(std::move(drained));
  thread_->post([this, shared] {
    engine_->drain();
    drained_ = std::move(*shared);
  });
  done.wait_for(patience);
}

}  // namespace engine
