#include "gateways/cli/roles/engine.hpp"

#include "commands/engine/remote.hpp"

namespace cli {

void OverNats::leads(bool now) {
  leadership_.leads(now);
  const std::lock_guard lock{mutex_};
  taking_.clear();
  if (!now || closed_) return;
  // Who a command comes from is told by its subject: the server lets nobody else publish there.
  for (const std::string client : {"flows", "effects"})
    taking_.push_back(connection_.serve(
        "construct.command." + client, [this, client](std::string_view request, auto answer) {
          engine::serve(engine_, client, request, std::move(answer));
        }));
}

void OverNats::close() {
  const std::lock_guard lock{mutex_};
  closed_ = true;
  taking_.clear();
}

EngineRole::EngineRole(Process& process)
    : stream_{process.connection, [&](const std::string& text) { process.tell(text, Level::alarm); }},
      presence_{process.connection, service_},
      store_{
          rocks::Database::As::primary,
          process.folders.streams(),
          names_of<engine::StreamsFamilies>()},
      service_{{
          .log = stream_,
          .writer = stream_,
          .store = store_,
          .presence = presence_,
          .clock = process.clock,
          .deployment = "construct",
          .limits = {},
          .tell =
              [&](const engine::Event& event) {
                process.tell(event.text, event.alarm ? Level::alarm : Level::info);
              },
          .folded = [&](kernel::CommitNumber) { process.announce("streams"); },
          .failed = [&](const std::string& why) { process.fail(why); },
      }} {}

void EngineRole::drain() { service_.drain(drain_time); }

}  // namespace cli
