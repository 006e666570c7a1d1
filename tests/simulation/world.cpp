#include "tests/simulation/world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "tests/simulation/clients.hpp"
#include "tests/simulation/say.hpp"
#include "tests/simulation/verify.hpp"

namespace simulation {
namespace {

constexpr seconds troubled{4};
constexpr seconds to_recover{4};  // longer than any engine's patience, and any message's way

engine::Limits limits(Random& random) {
  constexpr std::array<std::size_t, 3> aggregates{2, 5, 1000}, waiting{6, 1000, 1000},
      block_bytes{2'000, 4'000, fold::block_bytes_max};
  return {
      .aggregates_in_memory = random.pick(aggregates),
      .commands_waiting = random.pick(waiting),
      .block_bytes = random.pick(block_bytes),
      .patience = milliseconds{1'500},
      .retry = milliseconds{50},
      .silence = milliseconds{300},
      .clock_difference = milliseconds{5'000}};
}

class World {
 public:
  World(std::uint64_t seed, std::function<void(const std::string&)> trace);
  Report run();

 private:
  using Kind = std::uint64_t Weather::*;

  void leads(const Machine& machine, std::uint64_t epoch);
  void every(microseconds least, microseconds most, std::function<void()> what);
  void change_weather();
  void crash();
  void cut_off();
  void jump();
  void stray();
  void recover();
  void probe();
  void judge();
  void count();

  Random random_;
  Timeline timeline_;
  const Trace trace_;
  MemoryLog log_;
  Chain chain_;
  Network network_{timeline_, random_, log_, beginning};
  std::vector<std::unique_ptr<Machine>> machines_;
  Clients clients_;
  std::vector<Kind> troubles_;  // that this world knows; each has some only, so that they meet in
                                // all combinations
  std::vector<std::uint64_t> strays_;
  std::map<std::uint64_t, std::pair<const Machine*, int>>
      leaders_;  // by epoch: who, and in which of its lives
  bool recovering_ = false;
  Report report_;
};

World::World(std::uint64_t seed, std::function<void(const std::string&)> trace)
    : random_{seed},
      trace_{timeline_, std::move(trace)},
      clients_{
          {timeline_, random_, log_, chain_, machines_, trace_},
          static_cast<int>(random_.between(2, 4))} {
  const Machine::Surroundings around{
      .timeline = timeline_,
      .random = random_,
      .log = log_,
      .network = network_,
      .limits = limits(random_),
      .trace = trace_,
      .leads = [this](const auto& machine, auto epoch) { leads(machine, epoch); }};
  machines_.push_back(std::make_unique<Machine>(around, milliseconds{200}));
  // A rival, which tries its luck now and then, or often.
  constexpr std::array rivals{milliseconds{200}, milliseconds{1'000}, milliseconds{3'000}};
  if (random_.percent(70))
    machines_.push_back(std::make_unique<Machine>(around, random_.pick(rivals)));
  network_.stray = [this] { stray(); };
  network_.replicated = random_.one_in(2);
  log_.when_appended([this] {
    for (auto& machine : machines_) machine->notice();
  });
  constexpr std::array kinds{
      &Weather::request_lost,
      &Weather::answer_lost,
      &Weather::late,
      &Weather::doubled,
      &Weather::unsure,
      &Weather::refused,
      &Weather::engine_pause,
      &Weather::fold_lag,
      &Weather::slow_disk,
      &Weather::overtaken};
  for (const auto kind : kinds)
    if (random_.percent(50)) troubles_.push_back(kind);
}

void World::leads(const Machine& machine, std::uint64_t epoch) {
  const std::pair leader{&machine, machine.lives()};
  if (leaders_.emplace(epoch, leader).first->second == leader) return;
  report_.faults.push_back(fmt::format("two engines lead in epoch {}", epoch));
  leaders_[epoch] = leader;
}

// At random intervals, as long as there is trouble.
void World::every(microseconds least, microseconds most, std::function<void()> what) {
  timeline_.after(random_.between(least, most), [this, least, most, what = std::move(what)] {
    if (recovering_) return;
    what();
    every(least, most, what);
  });
}

Report World::run() {
  for (auto& machine : machines_) machine->start();
  every(milliseconds{100}, seconds{1}, [this] { change_weather(); });
  if (random_.percent(60)) every(milliseconds{200}, seconds{3}, [this] { crash(); });
  if (random_.percent(60)) every(milliseconds{200}, seconds{2}, [this] { jump(); });
  if (random_.percent(60)) every(milliseconds{50}, seconds{1}, [this] { stray(); });
  if (random_.percent(60)) every(milliseconds{100}, seconds{1}, [this] { cut_off(); });
  clients_.begin();
  timeline_.run_until(troubled);
  recover();
  probe();
  judge();
  count();
  return std::move(report_);
}

// ---- Trouble ----

void World::change_weather() {
  network_.weather = {};
  if (random_.percent(30)) return;  // The sun comes out.
  for (const auto kind : troubles_) network_.weather.*kind = random_.below(40);
  network_.weather.engine_pause /= 8;
  network_.weather.slow_disk /= 4;
}

void World::crash() {
  const auto number = random_.below(machines_.size());
  auto& machine = *machines_[number];
  if (!machine.up()) return;
  trace_([&] { return fmt::format("machine {} crashes", number); });
  ++report_.happened["crashes"];
  machine.crash();
  clients_.crashed(number);
  if (random_.one_in(8)) machine.disk() = MemoryStore{};  // Its store is rebuilt from the log.
  timeline_.after(random_.between(milliseconds{1}, seconds{1}), [&machine] {
    if (!machine.up()) machine.start();
  });
}

void World::cut_off() {
  auto& machine = *random_.pick(machines_);
  const auto how_long = random_.pause(seconds{2});
  using Trouble = void (Machine::*)(microseconds);
  constexpr std::array<std::pair<const char*, Trouble>, 3> troubles{
      {{"deaf", &Machine::deafen}, {"cut off", &Machine::cut_off}, {"stranded", &Machine::strand}}};
  const auto& [what, begin] = troubles[random_.below(network_.replicated ? 3 : 2)];
  trace_([&] { return fmt::format("a machine is {} for {}", what, how_long.count()); });
  (machine.*begin)(how_long);
}

void World::jump() {
  const auto far = random_.one_in(8) ? seconds{600} : seconds{4};
  const auto off_by = random_.between(-far, far);
  trace_([&] { return fmt::format("a clock is off by {}", off_by.count()); });
  random_.pick(machines_)->clock().set_off_by(off_by);
}

// A message that is no part of the log, however much it looks like one.
void World::stray() {
  chain_.follow(log_);
  fold::Head head;
  for (const auto& message : log_.messages()) fold::follow(head, message);
  auto data = std::string{"no block at all"};
  const auto kind = random_.below(4);
  if (kind == 0 && log_.last_sequence() > 0) data = random_.pick(log_.messages()).data;
  if (kind == 1 && head.next > 0) data = fold::make_block({.next = head.next}, head.epoch, {});
  if (kind == 2)
    data = fold::make_block({.next = head.next + 1, .hash = head.hash}, head.epoch, {});
  if (kind == 3 && head.epoch > 0) data = fold::make_block(head, head.epoch - 1, {});
  strays_.push_back(log_.append(std::move(data)));
  trace_([&] { return fmt::format("a stray message, {}", strays_.back()); });
}

// ---- The end ----

void World::recover() {
  trace_([] { return "the trouble is over"; });
  recovering_ = true;
  clients_.stop();
  network_.weather = {};
  for (auto& machine : machines_) {
    machine->clock().set_off_by({});
    if (!machine->up()) machine->start();
  }
  timeline_.run_until(timeline_.now() + to_recover);
  for (int i = 0; i < 20 && clients_.settle() > 0; ++i)
    timeline_.run_until(timeline_.now() + seconds{2});
}

// Nothing is stuck: one engine leads, and what writes and what does not are both answered.
void World::probe() {
  const auto item = schemas::Id<"StockItem">{"probe"};
  clients_.probe(inventory::CreateStockItem{
      .inventory_id = item,
      .product_id = schemas::Id<"Product">{"p"},
      .location_id = schemas::Id<"Location">{"l"}});
  clients_.probe(inventory::ReceiveStock{.inventory_id = item, .quantity = 0});
  for (int i = 0; i < 20; ++i) {
    timeline_.run_until(timeline_.now() + seconds{2});
    if (clients_.settle() == 0) break;
    if (i == 19)
      report_.faults.emplace_back("commands find no answer, though nothing is wrong any more");
  }
}

void World::judge() {
  for (auto& machine : machines_) machine->rest();
  timeline_.run_until(timeline_.now() + seconds{1});
  chain_.follow(log_);
  const Evidence evidence{clients_.journal(), chain_, log_};
  const auto add = [&](const std::vector<std::string>& more) {
    report_.faults.insert(report_.faults.end(), more.begin(), more.end());
  };
  add(faults_of_log(evidence));
  add(faults_of_answers(evidence));
  for (const auto& machine : machines_) add(faults_of_store(machine->disk(), log_));
  if (chain_.strays() != strays_)
    report_.faults.emplace_back("an engine wrote what is no part of the log");
}

void World::count() {
  auto& happened = report_.happened;
  happened["commits"] = static_cast<int>(chain_.next());
  happened["strays"] = static_cast<int>(strays_.size());
  for (const auto& delivery : clients_.journal().deliveries) {
    ++happened["deliveries"];
    if (delivery.crashed) ++happened["deliveries to a machine that crashed"];
    if (delivery.answers == 0) continue;
    if (const auto* failure = std::get_if<engine::Failure>(&delivery.answer)) {
      ++happened[say(*failure)];
    } else if (const auto* accepted = std::get_if<engine::Accepted>(&delivery.answer)) {
      ++happened
          [accepted->events.empty() ? "nothing to do"
           : accepted->replayed     ? "replayed"
                                    : "accepted"];
    } else {
      ++happened[std::holds_alternative<engine::Stale>(delivery.answer) ? "stale" : "rejected"];
    }
  }
}

}  // namespace

Report simulate(std::uint64_t seed, const std::function<void(const std::string&)>& trace) {
  return World{seed, trace}.run();
}

}  // namespace simulation
