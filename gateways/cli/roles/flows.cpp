#include "gateways/cli/roles/flows.hpp"

#include <fmt/format.h>

#include <future>
#include <map>
#include <nlohmann/json.hpp>

#include "commands/flows/delivery.hpp"
#include "gateways/cli/control.hpp"

namespace cli {
namespace {

using std::chrono::seconds;

constexpr seconds patience{5};  // for the engine's answer to one command

}  // namespace

ErrandRole::ErrandRole(Process& process, std::string name, std::vector<std::string> families)
    : process_{process},
      name_{std::move(name)},
      store_{
          rocks::Database::As::fold,
          process.folders.errands(name_, process.config.instance),
          families},
      requests_{process.connection, patience},
      engine_{[this](std::string request, auto answered) {
        requests_.ask("construct.command." + name_, request, std::move(answered));
      }} {
  process.tell_of(store_);
}

std::function<void(const std::string&)> ErrandRole::alarm() {
  return [&process = process_](const std::string& text) { process.tell(text, Level::alarm); };
}

void ErrandRole::run(flows::ErrandFold& fold, flows::Errands::Try attempt) {
  errands_.emplace(flows::Errands::Options{
      .name = name_,
      .log = process_.log,
      .store = store_,
      .fold = fold,
      .clock = process_.clock,
      .attempt = std::move(attempt),
      .folded = [this] { process_.announce(name_); },
      .alarm = alarm(),
      .failed =
          [this](const std::string& why) {
            process_.fail(fmt::format("{} cannot go on: {}", name_, why));
          }});
  saying_ =
      process_.vitals.add({.metrics = [this] { return errands_->metrics() + more_metrics(); }});
  answering_.push_back(report(process_.connection, [this]() -> std::vector<Part> {
    const auto state = errands_->state();
    const auto& instance = process_.config.instance;
    return {
        {instance == "1" ? name_ : name_ + ' ' + instance,
         errands_->folded(),
         fmt::format(
             "{}{} wait, {} held, {} failing",
             state.paused ? "paused until `construct resume`; " : "",
             state.waiting,
             state.held,
             state.failing)}};
  }));
  answering_.push_back(answer(process_.connection, "resume", [this](const nlohmann::json&) {
    auto released = errands_->resume();
    if (released.wait_for(patience) != std::future_status::ready)
      throw std::runtime_error(name_ + " is busy; ask again");
    return nlohmann::json{{"name", name_}, {"released", released.get()}};
  }));
  process_.tell(fmt::format("runs {}", name_));
}

void ErrandRole::stop() {
  answering_.clear();
  saying_.reset();
  errands_.reset();
}

FlowsRole::FlowsRole(Process& process)
    : ErrandRole{process, "flows", names_of<flows::FlowsFamilies>()}, fold_{store(), flows::all()} {
  run(fold_, flows::sending_through(engine(), alarm()));
}

std::string FlowsRole::more_metrics() const {
  std::map<std::pair<std::string, std::string>, std::size_t> stuck;  // by flow and name
  store().scan(
      flows::FlowsFamilies::stuck, "", "", [&](std::string_view key, std::string_view name) {
        ++stuck[{std::string{key.substr(0, key.find('\0'))}, std::string{name}}];
        return true;
      });
  std::string text =
      "# HELP construct_flows_stuck Instances that need somebody's help.\n"
      "# TYPE construct_flows_stuck gauge\n";
  for (const auto& flow : flows::all())
    text += fmt::format("construct_flows_stuck{{flow=\"{}\",name=\"\"}} 0\n", flow.name);
  for (const auto& [of, count] : stuck)
    text += fmt::format(
        "construct_flows_stuck{{flow=\"{}\",name=\"{}\"}} {}\n", of.first, of.second, count);
  return text;
}

EffectsRole::EffectsRole(Process& process, const effects::Outside& outside)
    : ErrandRole{process, "effects", names_of<effects::EffectsFamilies>()},
      registry_{effects::all(outside)},
      fold_{store(), registry_} {
  run(fold_, effects::performing(registry_, engine(), alarm()));
}

}  // namespace cli
