#include "gateways/http/api/live.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include "gateways/http/api/queries.hpp"
#include "gateways/http/text.hpp"
#include "schemas/json.hpp"
#include "schemas/types.hpp"

namespace http {
namespace {

using std::chrono::milliseconds;
using Shape = LiveQuery::Shape;

// Asked again when it is over; a view that stands still costs nothing else.
constexpr std::chrono::seconds patience{60};

std::string id_line(const std::optional<kernel::Position>& at) {
  return at ? fmt::format("id: {}\n", kernel::to_token(*at)) : std::string{};
}

// A comment; with an id, but without data, it tells where the stream stands and is no event.
std::string ping_at(const std::optional<kernel::Position>& at) {
  return fmt::format(": nothing new\n{}\n", id_line(at));
}

void add_event(std::string& out, std::string_view kind, std::string_view data) {
  fmt::format_to(std::back_inserter(out), "event: {}\ndata: {}\n\n", kind, data);
}

// The last event of what is sent together says where it brings the follower to.
void add_id(std::string& out, const std::optional<kernel::Position>& at) {
  if (out.empty()) return;
  out.pop_back();
  out.append(id_line(at)).append("\n");
}

std::string json_of(const SeenRow& seen) {
  std::string json;
  schemas::write_json(json, *seen.type, seen.row.bytes);
  return json;
}

std::string only_key(std::string_view key) {
  std::string json = "{\"key\":";
  schemas::write_text(json, key);
  return json += '}';
}

void add_deleted(std::string& out, std::string_view key) {
  add_event(out, "delete", only_key(key));
}

void add_set_aside(std::string& out, std::string_view key) {
  add_event(out, "quarantine", only_key(key));
}

void add_row(std::string& out, const SeenRow& seen) {
  add_event(out, "upsert", json_of(seen));
  if (seen.row.set_aside) add_set_aside(out, seen.row.key);
}

std::string snapshot_of(Shape shape, const std::vector<SeenRow>& rows) {
  if (shape == Shape::row) return json_of(rows.front());
  std::string json = "{\"items\":[";
  std::vector<std::string_view> set_aside;
  for (const auto& each : rows) {
    if (json.back() != '[') json += ',';
    schemas::write_json(json, *each.type, each.row.bytes);
    if (each.row.set_aside) set_aside.emplace_back(each.row.key);
  }
  return json.append("]").append(quarantined_member(set_aside)).append("}");
}

}  // namespace

bool wants_events(const Request& request) {
  bool wanted = false;
  each_item(joined_header(request, "Accept"), [&](std::string_view range) {
    wanted = wanted || same_name(trim(range.substr(0, range.find(';'))), content::events);
  });
  return wanted;
}

Live::Live(LiveLimits limits, std::function<void(std::string_view)> log)
    : limits_{limits},
      log_{std::move(log)},
      streams_{std::make_shared<std::atomic<std::size_t>>(0)},
      thread_{std::make_shared<engine::Worker>(
          "live",
          [this] { return after_group(); },
          [this](const std::exception& error) {
            log_(fmt::format("live streams have ended: {}; restart the gateway", error.what()));
          })} {
  thread_->start();
}

Live::~Live() { thread_->stop(); }

void Live::follow(LiveRequest request, Reply reply) {
  const std::shared_ptr<void> slot{nullptr, [streams = streams_](void*) { --*streams; }};
  if (++*streams_ > limits_.streams)
    return reply(refuse(
        {.code = "unavailable",
         .detail = "As many streams are followed here as this gateway allows; try again soon, or "
                   "ask without Accept: text/event-stream."},
        request.correlation));
  auto shared =
      std::make_shared<std::pair<LiveRequest, Reply>>(std::move(request), std::move(reply));
  thread_->post(
      [this, slot, shared] { join(std::move(shared->first), slot, std::move(shared->second)); });
}

void Live::join(LiveRequest request, std::shared_ptr<void> slot, Reply reply) {
  const WatchId id{request.query.view, request.query.id};
  auto& watch = watches_[id];
  if (!watch.query.view) watch.query = request.query;
  std::vector<SeenRow> rows;
  std::string first;
  try {
    rows = look(watch);
    if (watch.query.shape == Shape::list || !rows.empty() || request.last_event)
      first = first_text(watch, rows, request.last_event);
  } catch (const std::runtime_error& error) {
    log_(fmt::format("a read failed: {} (correlation {})", error.what(), request.correlation));
    watches_.erase(id);
    const bool damaged = dynamic_cast<const schemas::Corrupt*>(&error) != nullptr;
    return reply(refuse({.code = damaged ? "internal" : "unavailable"}, request.correlation));
  }
  Response standing;
  add_position(standing, watch.at);
  add_set_aside_keys(standing, watch.set_aside_keys);
  if (first.empty()) {
    auto missing =
        refuse({.code = watch.hidden ? "quarantined" : "not_found"}, request.correlation);
    if (watch.followers.empty()) watches_.erase(id);
    missing.head += standing.head;
    return reply(std::move(missing));
  }
  Response head{.content_type = content::events, .head = std::move(standing.head)};
  head.add("Cache-Control", "no-cache");
  const auto number = ++followers_;
  auto stream = reply.begin(
      std::move(head), [this, weak = std::weak_ptr{thread_}, id, number, slot = std::move(slot)] {
        if (const auto thread = weak.lock())
          thread->post([this, id, number] { leave(id, number); });
      });
  stream.send(std::make_shared<const std::string>(std::move(first)));
  watch.followers.emplace(number, std::move(stream));
  if (watch.followers.size() == 1) watch.sent = Clock::now();
  await_move(*id.first);
}

void Live::leave(const WatchId& id, std::uint64_t follower) {
  const auto watch = watches_.find(id);
  if (watch == watches_.end()) return;
  watch->second.followers.erase(follower);
  if (watch->second.followers.empty()) watches_.erase(watch);
}

// Reads what the query sees now and tells those that follow already what has changed.
std::vector<SeenRow> Live::look(Watch& watch) {
  std::vector<SeenRow> rows;
  bool hidden = false;
  const auto& query = watch.query;
  query.view->read([&](const views::Moment& moment) {
    watch.at = moment.position();
    watch.set_aside_keys = moment.set_aside_keys();
    watch.resumed_before = moment.resumed_before();
    rows = query.look(moment);
    hidden = query.shape == Shape::row && rows.empty() && !query.by_index &&
             moment.is_set_aside(query.key);
  });
  std::map<std::string, Mark> marks;
  std::string text;
  for (const auto& seen : rows) {
    const Mark mark{seen.row.version, seen.row.position, seen.row.set_aside};
    marks.emplace(seen.row.key, mark);
    const auto before = watch.marks.find(seen.row.key);
    if (!watch.followers.empty() && (before == watch.marks.end() || before->second != mark))
      add_row(text, seen);
  }
  for (const auto& [key, mark] : watch.marks)
    if (!marks.contains(key)) add_deleted(text, key);
  if (hidden && !watch.hidden && !watch.followers.empty()) add_set_aside(text, query.key);
  if (marks != watch.marks || hidden != watch.hidden || !watch.since) watch.since = watch.at;
  watch.marks = std::move(marks);
  watch.hidden = hidden;
  add_id(text, watch.at);
  if (!text.empty()) send_to_all(watch, std::move(text));
  return rows;
}

std::string Live::first_text(
    const Watch& watch,
    const std::vector<SeenRow>& rows,
    const std::optional<kernel::Position>& last_event) const {
  std::string text;
  const bool is_row = watch.query.shape == Shape::row;
  const auto& at = watch.at;
  if (last_event) {
    const bool known = at && last_event->incarnation == at->incarnation &&
                       last_event->commit <= at->commit &&
                       last_event->commit >= watch.resumed_before;
    // A stored row says itself when it last changed; of one that is gone it is enough to say so.
    if (known && is_row && (rows.empty() || rows.front().stored)) {
      if (rows.empty())
        add_deleted(text, watch.query.key);
      else if (rows.front().row.position > last_event->commit)
        add_row(text, rows.front());
      else if (rows.front().row.set_aside)
        add_set_aside(text, rows.front().row.key);
      if (watch.hidden) add_set_aside(text, watch.query.key);
      add_id(text, at);
      return text.empty() ? ping_at(at) : text;
    }
    if (known && watch.since && last_event->commit >= watch.since->commit) return ping_at(at);
    add_event(text, "reset", "{}");
  }
  if (is_row && rows.empty())
    add_deleted(text, watch.query.key);
  else
    add_event(text, "snapshot", snapshot_of(watch.query.shape, rows));
  if (watch.hidden) add_set_aside(text, watch.query.key);
  if (is_row && !rows.empty() && rows.front().row.set_aside)
    add_set_aside(text, rows.front().row.key);
  add_id(text, at);
  return text;
}

void Live::send_to_all(Watch& watch, std::string text) {
  const auto shared = std::make_shared<const std::string>(std::move(text));
  for (auto& [number, stream] : watch.followers) stream.send(shared);
  watch.sent = Clock::now();
}

void Live::await_move(views::Reader& view) {
  auto& state = views_[&view];
  if (state.waiting) return;
  // The first commit that some watch has not seen.
  std::optional<kernel::CommitNumber> next;
  for (const auto& [id, watch] : watches_)
    if (id.first == &view) {
      const auto unseen = watch.at ? watch.at->commit + 1 : 0;
      next = std::min(next.value_or(unseen), unseen);
    }
  if (!next) return;
  state.waiting = true;
  view.when(*next, patience, [this, weak = std::weak_ptr{thread_}, &view](bool moved) {
    const auto thread = weak.lock();
    if (!thread) return;
    thread->post([this, &view, moved] {
      auto& now = views_[&view];
      now.waiting = false;
      now.moved = now.moved || moved;
      if (!moved) await_move(view);
    });
  });
}

void Live::look_again(views::Reader& view) {
  for (auto each = watches_.begin(); each != watches_.end();) {
    const auto watch = each++;
    if (watch->first.first != &view) continue;
    try {
      look(watch->second);
    } catch (const std::runtime_error& error) {
      log_(fmt::format("a followed read failed: {}; its streams are ended", error.what()));
      watches_.erase(watch);
    }
  }
  await_move(view);
}

std::chrono::microseconds Live::after_group() {
  auto next = Clock::now() + std::chrono::hours{1};
  for (auto& [view, state] : views_) {
    if (!state.moved) continue;
    const auto due = state.looked + limits_.between_looks;
    if (due > Clock::now()) {
      next = std::min(next, due);
      continue;
    }
    state.moved = false;
    state.looked = Clock::now();
    look_again(*view);
  }
  const auto now = Clock::now();
  for (auto& [id, watch] : watches_) {
    if (now >= watch.sent + limits_.ping) send_to_all(watch, ping_at(watch.at));
    next = std::min(next, watch.sent + limits_.ping);
  }
  return std::max(
      std::chrono::microseconds{1},
      std::chrono::duration_cast<std::chrono::microseconds>(next - now));
}

}  // namespace http
