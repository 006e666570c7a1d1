#include "gateways/cli/flow_source.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "commands/effects/effects.hpp"
#include "commands/flows/fold.hpp"
#include "schemas/json.hpp"
#include "schemas/model.hpp"

namespace cli {
namespace {

using Json = nlohmann::ordered_json;
using Families = flows::FlowsFamilies;

// A page looks at so many instances at most, whatever it finds.
constexpr std::size_t looked_at_most = 5'000;

// A table's JSON in a document that is being built.
Json content(std::string_view table_name, std::string_view bytes) {
  const auto* table = schemas::platform().table(table_name);
  if (!table || bytes.empty()) return nullptr;
  std::string text;
  schemas::write_json(text, *table, bytes);
  return Json::parse(text);
}

struct Shown {
  std::string status;
  Json document;
};

Shown show(const fold::Reads& store, std::string_view key, std::string_view bytes) {
  construct::FlowInstance record;
  decode(bytes, record);
  const auto flow = key.substr(0, key.find('\0'));
  const auto type = std::ranges::find(flows::all(), flow, &flows::FlowType::name);
  auto waiting = Json::array();
  bool held = false;
  for (const auto& one : record.waiting) {
    const auto stored = store.get(Families::outbox, one.command_id.data);
    if (!stored) continue;
    construct::FlowStep step;
    decode(*stored, step);
    held = held || step.held;
    waiting.push_back(
        {{"step", step.step},
         {"command", step.command},
         {"due", step.due ? Json(schemas::format_time(*step.due)) : Json(nullptr)},
         {"asked_at", schemas::format_time(step.asked_at)},
         {"held", step.held}});
  }
  const auto* status = record.stuck ? "stuck" : held ? "held" : record.ended ? "ended" : "running";
  return {
      status,
      {{"flow", flow},
       {"instance", key.substr(flow.size() + 1)},
       {"status", status},
       {"stuck", record.stuck ? Json(*record.stuck) : Json(nullptr)},
       {"state",
        type == flows::all().end() ? Json(nullptr) : content(type->state, record.state.data)},
       {"waiting", std::move(waiting)},
       {"done", record.done},
       {"began_at", schemas::format_time(record.began_at)},
       {"changed_at", schemas::format_time(record.changed_at)}}};
}

}  // namespace

std::optional<std::string> FlowSource::flow(std::string_view name, std::string_view instance) {
  std::optional<std::string> text;
  flows_.read([&](const fold::Reads& store) {
    const auto key = ::flows::instance_key(name, instance);
    if (const auto bytes = store.get(Families::instances, key))
      text = show(store, key, *bytes).document.dump();
  });
  return text;
}

FlowSource::Page FlowSource::flows(
    std::string_view name, std::string_view status, std::string_view after, std::size_t limit) {
  Page page;
  // Those that are stuck have a family of their own, so that they are found among many.
  const auto family = status == "stuck" ? Families::stuck : Families::instances;
  const auto prefix = name.empty() ? std::string{} : ::flows::instance_key(name, "");
  const auto from = after.empty() ? prefix : std::string{after} + '\0';
  flows_.read([&](const fold::Reads& store) {
    std::size_t looked_at = 0;
    std::string last;
    store.scan(family, prefix, from, [&](std::string_view key, std::string_view bytes) {
      if (page.items.size() == limit || ++looked_at > looked_at_most) {
        page.next = last;
        return false;
      }
      last = key;
      const auto record =
          family == Families::stuck ? store.get(Families::instances, key) : std::string{bytes};
      if (!record) return true;
      const auto shown = show(store, key, *record);
      if (status.empty() || shown.status == status) page.items.push_back(shown.document.dump());
      return true;
    });
  });
  return page;
}

FlowSource::Page FlowSource::effects(std::string_view after, std::size_t limit) {
  Page page;
  const auto from = after.empty() ? std::string{} : std::string{after} + '\0';
  effects_.read([&](const fold::Reads& store) {
    std::string last;
    store.scan(
        effects::EffectsFamilies::outbox,
        "",
        from,
        [&](std::string_view id, std::string_view bytes) {
          if (page.items.size() == limit) {
            page.next = last;
            return false;
          }
          construct::EffectEntry entry;
          decode(bytes, entry);
          last = id;
          const Json document{
              {"effect", entry.id},
              {"status", entry.held ? "held" : "running"},
              {"fact", entry.fact},
              {"data", content(entry.fact, entry.data.data)},
              {"asked_at", schemas::format_time(entry.asked_at)}};
          page.items.push_back(document.dump());
          return true;
        });
  });
  return page;
}

}  // namespace cli
