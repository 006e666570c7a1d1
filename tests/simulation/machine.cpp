#include "tests/simulation/machine.hpp"

#include <fmt/format.h>

#include <utility>

#include "tests/simulation/reading.hpp"

namespace simulation {
namespace {

constexpr milliseconds tick_period{50};
constexpr std::size_t messages_at_once = 16;

}  // namespace

// From a start to a crash. What it asked for and is answered after the crash reaches nobody.
class Machine::Life final : public engine::Loader, public fold::Writer {
 public:
  explicit Life(Machine& machine)
      : machine_{machine},
        around_{machine.around_},
        streams_{machine.disk_, engine::registry()},
        runner_{
            machine.disk_,
            fold_,
            [this](const auto& progress, const auto& incarnation) {
              post([this, progress, incarnation] { engine_.on_folded(progress, incarnation); });
            }},
        engine_{ports(), around_.limits} {
    const auto cursor = runner_.cursor();
    engine_.on_folded({{cursor.head, true}}, cursor.incarnation);
    tick();
    notice();
  }

  engine::Engine& engine() { return engine_; }

  // As engine::Worker: what was posted runs in groups.
  void post(std::function<void()> task) {
    tasks_.push_back(std::move(task));
    wake();
  }

  // The fold reads on when it gets to it.
  void notice() {
    if (std::exchange(reading_, true)) return;
    const bool lags = around_.random.percent(around_.network.weather.fold_lag);
    later(around_.random.pause(lags ? seconds{1} : milliseconds{5}), [this] { fold(); });
  }

  void publish(
      const std::string& block,
      std::uint64_t expected_last_sequence,
      std::function<void(fold::Published)> done) override {
    if (cut_off() || stranded()) return;
    around_.network.publish(block, expected_last_sequence, unless_cut_off(std::move(done)));
  }
  void look(std::function<void(std::optional<fold::Look>)> done) override {
    if (cut_off()) return;
    if (stranded())
      done = [done = std::move(done), end = machine_.stranded_at_](std::optional<fold::Look> seen) {
        if (seen) seen->last_sequence = end;
        done(seen);
      };
    around_.network.look(unless_cut_off(std::move(done)));
  }

  void load(std::vector<engine::Wanted> wanted) override {
    struct Work {
      std::vector<engine::Wanted> wanted;
      std::vector<engine::Found> found;
    };
    read_next(std::make_shared<Work>(Work{std::move(wanted), {}}));
  }

 private:
  engine::Engine::Ports ports() {
    return {
        .writer = *this,
        .loader = *this,
        .clock = machine_.clock_,
        .registry = engine::registry(),
        .tell = [this](const engine::Event& event) { around_.trace([&] { return event.text; }); },
        .post =
            [this, alive = std::weak_ptr{alive_}](std::function<void()> task) {
              if (!alive.expired()) post(std::move(task));
            },
        .deployment = "test",
        .new_incarnation =
            [this] { return fmt::format("{:08x}", around_.random.below(1u << 31)); }};
  }

  bool cut_off() const { return around_.timeline.now() < machine_.cut_off_until_; }
  bool stranded() const { return around_.timeline.now() < machine_.stranded_until_; }
  // The way back, which others keep; so it must outlive this life.
  template <class Result>
  std::function<void(Result)> unless_cut_off(std::function<void(Result)> done) {
    return [&machine = machine_, done = std::move(done)](Result result) {
      if (machine.around_.timeline.now() >= machine.cut_off_until_) done(result);
    };
  }

  void later(microseconds delay, std::function<void()> task) {
    around_.timeline.after(delay, [alive = std::weak_ptr{alive_}, task = std::move(task)] {
      if (!alive.expired()) task();
    });
  }

  void wake() {
    if (std::exchange(awake_, true)) return;
    const bool pauses = around_.random.percent(around_.network.weather.engine_pause);
    const auto delay = pauses ? around_.random.pause(seconds{1})
                              : around_.random.between(microseconds{1}, microseconds{200});
    later(delay, [this] { turn(); });
  }

  void turn() {
    awake_ = false;
    for (const auto& task : std::exchange(tasks_, {})) task();
    if (!engine_.leading() && !machine_.rests_ && around_.timeline.now() >= next_try_) {
      next_try_ =
          around_.timeline.now() + around_.random.between(milliseconds{50}, machine_.patience_);
      engine_.lead();
    }
    engine_.tick();
    engine_.flush();
    if (const auto until = engine_.gathers_until())
      later(*until - around_.timeline.now(), [this] { wake(); });
    if (engine_.leading()) around_.leads(machine_, engine_.epoch());
  }

  void tick() {
    later(tick_period, [this] {
      wake();
      tick();
    });
  }

  void fold() {
    reading_ = false;
    if (cut_off() || stranded() || around_.timeline.now() < machine_.deaf_until_) return notice();
    const auto read = runner_.cursor().head.sequence;
    // After a reconnection the server may send again what came before.
    const auto again = std::min<std::uint64_t>(read, around_.random.one_in(8) ? 3 : 0);
    const auto most = 1 + again + around_.random.below(messages_at_once);
    runner_.apply(around_.log.read(read + 1 - again, most));
    if (runner_.cursor().head.sequence < around_.log.last_sequence()) notice();
  }

  // One command after the other, while the fold goes on.
  template <class Work>
  void read_next(std::shared_ptr<Work> work) {
    if (work->found.size() == work->wanted.size())
      return post([this, work] { engine_.on_loaded(std::move(work->found)); });
    const bool slow = around_.random.percent(around_.network.weather.slow_disk);
    later(
        around_.random.between(microseconds{1}, slow ? seconds{1} : microseconds{500}),
        [this, work] {
          work->found.push_back(read(streams_, work->wanted[work->found.size()]));
          read_next(work);
        });
  }

  Machine& machine_;
  Surroundings& around_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  engine::Streams streams_;
  engine::StreamsFold fold_;
  fold::Runner runner_;
  engine::Engine engine_;
  std::vector<std::function<void()>> tasks_;
  microseconds next_try_{};
  bool awake_ = false;
  bool reading_ = false;
};

Machine::Machine(Surroundings surroundings, microseconds patience)
    : around_{std::move(surroundings)}, patience_{patience}, clock_{around_.timeline} {}

Machine::~Machine() = default;

void Machine::start() {
  ++lives_;
  life_ = std::make_unique<Life>(*this);
}

void Machine::crash() { life_.reset(); }

void Machine::submit(engine::Command command, engine::Reply reply) {
  life_->post(
      [life = life_.get(), command = std::move(command), reply = std::move(reply)]() mutable {
        const auto id = engine::command_id(command.client, command.key);
        life->engine().submit(std::move(command), id, std::move(reply));
      });
}

void Machine::notice() {
  if (life_) life_->notice();
}

}  // namespace simulation
