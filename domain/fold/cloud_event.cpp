#include "domain/fold/cloud_event.hpp"

#include <fmt/format.h>

#include <iterator>

#include "domain/kernel/crypto.hpp"
#include "schemas/json.hpp"

namespace fold {

std::string position_of(const Event& event) {
  return kernel::to_token({event.life.incarnation, event.commit.number});
}

std::string id_of(const Event& event) {
  return fmt::format("{}-{}", position_of(event), event.index);
}

void write_cloud_event(std::string& out, const Event& event) {
  const auto& [life, commit, fact, index, table] = event;
  const auto member = [&out](std::string_view name, std::string_view text) {
    if (text.empty()) return;
    fmt::format_to(std::back_inserter(out), ",\"{}\":", name);
    schemas::write_text(out, text);
  };
  out += R"({"specversion":"1.0")";
  member("id", id_of(event));
  member("source", "/construct/" + life.deployment);
  member("type", fmt::format("{}.{}", table.context, table.name));
  member("subject", fact.aggregate);
  member("time", schemas::format_time(commit.at));
  member("datacontenttype", "application/json");
  member("position", position_of(event));
  member("sequence", fmt::format("{:020}-{:05}", commit.number, index));
  fmt::format_to(std::back_inserter(out), ",\"aggregateversion\":{}", fact.version);
  member("actor", commit.actor);
  member("command", commit.command);
  member("commandid", kernel::to_uuid(commit.command_id));
  member("correlationid", commit.correlation);
  member("causationid", commit.causation);
  out += ",\"data\":";
  schemas::write_json(out, table, fact.data);
  out += '}';
}

}  // namespace fold
