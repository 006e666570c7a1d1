#include "commands/flows/errands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace flows {
namespace {

using std::chrono::microseconds;

constexpr std::string_view rebuilding_key = "rebuilding_until";
constexpr std::string_view paused_key = "paused";
constexpr std::size_t trying_max = 256;
constexpr int looks_most = 15;              // for the log's end
constexpr unsigned failing_tries = 5;       // from where on an errand counts as failing
constexpr microseconds idle_wait{100'000};  // how late a timer may be when the clock jumps

}  // namespace

// The fold, and beside it whether the log was restored.
class Errands::Pausing final : public fold::Fold {
 public:
  explicit Pausing(fold::Fold& inner) : inner_{inner} {}

  void apply(const fold::CommitView& commit, fold::Batch& batch) override {
    if (fold::restores(commit)) {
      batch.push_back({fold::cursor_family, std::string{paused_key}, ""});
      restored_ = true;
    }
    inner_.apply(commit, batch);
  }
  void flush(fold::Batch& batch) override { inner_.flush(batch); }
  bool take_restored() { return std::exchange(restored_, false); }

 private:
  fold::Fold& inner_;
  bool restored_ = false;
};

Errands::Errands(Options options)
    : options_{std::move(options)},
      fold_{std::make_unique<Pausing>(options_.fold)},
      runner_{
          options_.store,
          *fold_,
          [this](const auto& progress, const auto&) { on_folded(progress); }},
      worker_{std::make_shared<engine::Worker>(
          options_.name,
          [this] { return after_group(); },
          [this](const std::exception& error) { options_.failed(error.what()); })} {
  begin();
  worker_->start();
  following_.emplace("fold " + options_.name, options_.log, std::vector{&runner_}, options_.failed);
}

Errands::~Errands() {
  following_.reset();
  worker_->stop();
}

// A store that is new learns first of all how much of the log is history.
void Errands::begin() {
  auto until = options_.store.get(fold::cursor_family, rebuilding_key);
  if (!until) {
    std::optional<std::uint64_t> end;
    for (int look = 0; !end && look < looks_most; ++look) end = options_.log.end();
    if (!end) throw std::runtime_error("the log does not answer; see whether nats-server runs");
    until = fold::ordered(*end);
    options_.store.write({{fold::cursor_family, std::string{rebuilding_key}, until}});
  }
  rebuilding_until_ = fold::from_ordered(*until);
  paused_ = options_.store.get(fold::cursor_family, paused_key).has_value();
  const auto head = runner_.cursor().head;
  history_end_ = head.last_commit_at;
  if (rebuilding_until_ != 0 && head.sequence >= rebuilding_until_) hold_back();
  if (rebuilding_until_ == 0) load();
}

// Whatever waits in the store, into the agenda.
void Errands::load() {
  ErrandFold::Changes changes;
  options_.store.scan(
      options_.fold.outbox(), "", "", [&](std::string_view id, std::string_view bytes) {
        changes.emplace_back(std::string{id}, options_.fold.errand_of(bytes));
        return true;
      });
  worker_->post([this, changes = std::move(changes)] { apply(changes, Tried::perhaps); });
}

// On the fold's thread, so that nothing is put back that the log has just shown as done.
std::future<std::size_t> Errands::resume() {
  return following_->run([this] {
    ErrandFold::Changes changes;
    fold::Batch batch{{fold::cursor_family, std::string{paused_key}, std::nullopt}};
    const auto outbox = options_.fold.outbox();
    options_.store.scan(outbox, "", "", [&](std::string_view id, std::string_view bytes) {
      auto errand = options_.fold.errand_of(bytes);
      if (!errand.held) return true;
      errand.held = false;
      batch.push_back({outbox, std::string{id}, options_.fold.with_held(bytes, false)});
      changes.emplace_back(std::string{id}, errand);
      return true;
    });
    options_.store.write(batch);
    const auto released = changes.size();
    worker_->post([this, changes = std::move(changes)] {
      paused_ = false;
      apply(changes, Tried::perhaps);
    });
    return released;
  });
}

void Errands::on_folded(const std::vector<fold::Progress>& progress) {
  auto changes = options_.fold.take_changes();
  if (fold_->take_restored()) {
    paused_ = true;
    options_.alarm(fmt::format(
        "{}: the log was restored from a backup, so nothing is sent; look at what waits (GET "
        "/flows, GET /effects), then run `construct resume`",
        options_.name));
  }
  if (rebuilding_until_ != 0) {
    for (const auto& message : progress)
      if (message.head.sequence <= rebuilding_until_) history_end_ = message.head.last_commit_at;
    if (progress.back().head.sequence >= rebuilding_until_) {
      hold_back();
      load();
    }
  } else if (!changes.empty()) {
    worker_->post([this, changes = std::move(changes)] { apply(changes, Tried::never); });
  }
  options_.folded();
}

// The history has been folded: what nobody has done by now needs a person.
void Errands::hold_back() {
  fold::Batch batch;
  const auto outbox = options_.fold.outbox();
  options_.store.scan(outbox, "", "", [&](std::string_view id, std::string_view bytes) {
    const auto errand = options_.fold.errand_of(bytes);
    const bool history = errand.asked_at <= history_end_;
    const bool timer_to_come = errand.due && *errand.due > history_end_;
    if (!errand.held && history && !timer_to_come)
      batch.push_back({outbox, std::string{id}, options_.fold.with_held(bytes, true)});
    return true;
  });
  if (!batch.empty())
    options_.alarm(fmt::format(
        "{}: {} of its commands are not in the log's history and are held back, not sent; look at "
        "them (GET /flows?status=held), then run `construct resume` to send them",
        options_.name,
        batch.size()));
  rebuilding_until_ = 0;
  batch.push_back({fold::cursor_family, std::string{rebuilding_key}, fold::ordered(0)});
  options_.store.write(batch);
}

// ---- The worker's thread ----

void Errands::apply(const ErrandFold::Changes& changes, Tried before) {
  for (const auto& [id, errand] : changes) {
    drop(id);
    if (errand && errand->held)
      held_ids_.insert(id);
    else if (errand)
      put(id, *errand, before);
  }
  waiting_ = known_.size();
  held_ = held_ids_.size();
  failing_ = failing_ids_.size();
}

// The oldest come first.
void Errands::put(const std::string& id, const Errand& errand, Tried before) {
  auto& known = known_[id] = {.due = errand.due, .tries = before == Tried::perhaps ? 1U : 0U};
  const microseconds age = options_.clock.now() - errand.due.value_or(errand.asked_at);
  wait(id, known, options_.clock.elapsed() - std::max(age, microseconds{0}));
}

void Errands::drop(const std::string& id) {
  held_ids_.erase(id);
  failing_ids_.erase(id);
  const auto found = known_.find(id);
  if (found == known_.end()) return;
  leave(id, found->second);
  known_.erase(found);
}

// For its time, or else for its turn.
void Errands::wait(const std::string& id, Known& known, microseconds turn) {
  if (!known.due || *known.due <= options_.clock.now()) return queue(id, known, turn);
  known.where = Known::Where::timers;
  timers_.emplace(*known.due, id);
}

void Errands::queue(const std::string& id, Known& known, microseconds turn) {
  known.where = Known::Where::agenda;
  known.turn = turn;
  agenda_.emplace(turn, id);
}

void Errands::leave(const std::string& id, Known& known) {
  if (known.where == Known::Where::timers) timers_.erase({*known.due, id});
  if (known.where == Known::Where::agenda) agenda_.erase({known.turn, id});
  known.where = Known::Where::tried;
}

// Timers whose time has come take their turn.
void Errands::ring() {
  const auto now = options_.clock.now();
  while (!timers_.empty() && timers_.begin()->first <= now) {
    const auto [due, id] = *timers_.begin();
    auto& known = known_.at(id);
    leave(id, known);
    queue(id, known, options_.clock.elapsed() - (now - due));
  }
}

microseconds Errands::after_group() {
  if (paused_) return idle_wait;
  ring();
  while (!agenda_.empty()) {
    const auto late = options_.clock.elapsed() - agenda_.begin()->first;
    late_us_ = std::max<std::int64_t>(0, late.count());
    if (late.count() < 0) return std::min(-late, until_next_timer());
    if (trying_ >= trying_max) return idle_wait;  // The next answer wakes this thread.
    attempt(std::string{agenda_.begin()->second});
  }
  late_us_ = 0;
  return until_next_timer();
}

// Not for longer than a timer may be late when the clock jumps.
microseconds Errands::until_next_timer() const {
  if (timers_.empty()) return idle_wait;
  return std::clamp<microseconds>(
      timers_.begin()->first - options_.clock.now(), microseconds{0}, idle_wait);
}

void Errands::attempt(const std::string& id) {
  auto& known = known_.at(id);
  leave(id, known);
  const auto bytes = options_.store.get(options_.fold.outbox(), id);
  if (!bytes) return drop(id);  // The fold has cleared it; the news is on its way here.
  ++trying_;
  ++tries_;
  if (known.tries >= failing_tries) failing_ids_.insert(id);
  auto done = [this, weak = std::weak_ptr{worker_}, id](microseconds again) {
    const auto worker = weak.lock();
    if (!worker) return;
    worker->post([this, id, again] {
      --trying_;
      const auto found = known_.find(id);
      if (found == known_.end() || found->second.where != Known::Where::tried) return;
      wait(id, found->second, options_.clock.elapsed() + again);
    });
  };
  options_.attempt(id, *bytes, known.tries++, std::move(done));
}

std::string Errands::metrics() const {
  const auto gauge = [&](std::string_view what, std::string_view help, auto value) {
    return fmt::format(
        "# HELP construct_{0}_{1} {2}\n# TYPE construct_{0}_{1} {4}\nconstruct_{0}_{1} {3}\n",
        options_.name,
        what,
        help,
        value,
        what.ends_with("_total") ? "counter" : "gauge");
  };
  return gauge(
             "waiting",
             "Errands that the log does not show as done, timers included.",
             waiting_.load()) +
         gauge("held", "Errands that a rebuild held back; an operator must look.", held_.load()) +
         gauge(
             "paused", "Whether nothing is tried until an operator resumes it.", paused_ ? 1 : 0) +
         gauge("failing", "Errands tried often and not done.", failing_.load()) +
         gauge(
             "late_seconds",
             "How long the next errand has been due.",
             static_cast<double>(late_us_) / 1e6) +
         gauge("tries_total", "Errands tried since the process began.", tries_.load()) +
         gauge("folded_commits", "Commits folded.", folded());
}

}  // namespace flows
