#include "gateways/cli/roles/engine.hpp"

#include <fmt/format.h>

#include "commands/engine/remote.hpp"
#include "gateways/cli/control.hpp"
#include "gateways/cli/data_folder.hpp"

namespace cli {
namespace {

// Asked by an engine that is new, with its instance's name: the leader copies its store for it.
constexpr const char* copy_question = "construct.engine.copy";
constexpr int copy_patience_ms = 5'000;

std::filesystem::path copy_for(const Folders& folders, const std::string& instance) {
  return folders.fold("copy-" + instance);
}

// Beside it while the copy is wanted: a leader on another machine does not see it, and has nowhere
// to copy to.
std::filesystem::path sign_of(const std::filesystem::path& copy) {
  return copy.string() + ".wanted";
}

// Whether the copy is of this log, and whole as far as it goes, is seen when it is followed on: the
// block that it stands at must be the log's (fold::Following).
std::filesystem::path seeded(Process& process) {
  const auto& instance = process.config.instance;
  const auto folder = process.folders.streams(instance);
  if (std::filesystem::exists(folder)) return folder;
  const auto copy = copy_for(process.folders, instance);
  std::filesystem::create_directories(copy.parent_path());
  std::filesystem::remove_all(copy);
  write_secret(sign_of(copy), "");
  bool copied = false;
  try {
    copied = !process.connection.request(copy_question, instance, copy_patience_ms).empty();
  } catch (const std::runtime_error&) {
    // Nobody leads: the log has everything.
  }
  std::filesystem::remove(sign_of(copy));
  if (copied) {
    std::filesystem::rename(copy, folder);
    process.tell("begins with a copy of the leader's store");
  }
  return folder;
}

}  // namespace

void OverNats::leads(bool now) {
  leadership_.leads(now);
  const std::lock_guard lock{mutex_};
  taking_.clear();
  if (!now || closed_) return;
  // Who a command comes from is told by its subject: the server lets nobody else publish there.
  const auto take = [this](const std::string& from, const std::optional<std::string>& client) {
    taking_.push_back(connection_.serve(
        "construct.command." + from, [this, client](std::string_view request, auto answer) {
          engine::serve(engine_, client, request, std::move(answer));
        }));
  };
  take("flows", "flows");
  take("effects", "effects");
  take("gateway", std::nullopt);  // gateways speak for their clients
}

void OverNats::close() {
  const std::lock_guard lock{mutex_};
  closed_ = true;
  taking_.clear();
  leadership_.leads(false);
}

EngineRole::EngineRole(Process& process)
    : process_{process},
      presence_{process.connection, service_},
      store_{rocks::Database::As::fold, seeded(process), names_of<engine::StreamsFamilies>()},
      service_{{
          .log = process.log,
          .writer = process.stream,
          .store = store_,
          .presence = presence_,
          .clock = process.clock,
          .deployment = "construct",
          .limits = {},
          .tell =
              [&](const engine::Event& event) {
                process.tell(event.text, event.alarm ? Level::alarm : Level::info);
              },
          .folded =
              [&](kernel::CommitNumber) { process.announce("streams." + process.config.instance); },
          .failed = [&](const std::string& why) { process.fail(why); },
      }},
      copying_{process.connection.serve(
          copy_question,
          [this, &process](std::string_view instance, auto answer) {
            if (!service_.leads()) return;
            const auto copy = copy_for(process.folders, std::string{instance});
            if (!std::filesystem::exists(sign_of(copy))) return answer("");
            try {
              store_.checkpoint(copy);
              answer("copied");
            } catch (const std::runtime_error& error) {
              process.tell(error.what(), Level::alarm);
            }
          })},
      reporting_{report(process.connection, [this, &process]() -> std::vector<Part> {
        const auto state = service_.state();
        return {
            {"engine " + process.config.instance,
             state.folded,
             state.leads
                 ? fmt::format("leads in epoch {}; {} commands wait", state.epoch, state.waiting)
             : state.another_leads ? "stands by"
                                   : "nobody leads yet"}};
      })} {
  process.tell_of(store_);
  saying_ = process.vitals.add(
      {.not_ready = [this] { return service_.not_ready(); },
       .metrics = [this] { return metrics(); }});
}

void EngineRole::drain() {
  service_.drain(drain_time);
  presence_.close();
}

}  // namespace cli
