#include "gateways/cli/roles/engine.hpp"

#include "commands/engine/remote.hpp"

namespace cli {

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
    : stream_{process.connection, [&](const std::string& text) { process.tell(text, Level::alarm); }},
      presence_{process.connection, service_},
      store_{
          rocks::Database::As::primary,
          process.folders.streams(process.config.instance),
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
          .folded =
              [&](kernel::CommitNumber) { process.announce("streams." + process.config.instance); },
          .failed = [&](const std::string& why) { process.fail(why); },
      }} {}

void EngineRole::drain() {
  service_.drain(drain_time);
  presence_.close();
}

}  // namespace cli
