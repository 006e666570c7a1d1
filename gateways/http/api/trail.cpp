#include "gateways/http/api/trail.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "domain/fold/names.hpp"
#include "gateways/http/api/cursors.hpp"
#include "gateways/http/api/stream_endpoint.hpp"
#include "projections/audit/trail.hpp"
#include "schemas/model.hpp"
#include "schemas/notation.hpp"

namespace http {
namespace {

using engine::StoredCommit;
using engine::StreamReader;
using kernel::CommitNumber;

const std::vector<std::string> known{
    "actor", "context", "type", "correlation", "from", "to", "limit", "cursor"};
constexpr std::string_view cursor_version = "1";
constexpr CommitNumber last_of_all = std::numeric_limits<CommitNumber>::max();
constexpr std::size_t looked_at_most = 5'000;  // commits, for one page
constexpr std::size_t causes_most = 500;       // commits in one answer
constexpr std::size_t depth_most = 50;

CommitNumber commits_in(const fold::Reads& store) {
  const auto cursor = fold::read_cursor(store);
  return cursor ? cursor->head.next : 0;
}

// The first commit that is not before this time. Times increase with the numbers.
CommitNumber first_at(const StreamReader& commits, CommitNumber end, schemas::Time time) {
  CommitNumber first = 0;
  for (auto count = end; count > 0;) {
    const auto half = count / 2;
    const auto commit = commits.commit(first + half);
    if (commit && commit->content.at < time) {
      first += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  return first;
}

CommitNumber bound(
    const std::string& given, CommitNumber absent, const StreamReader& commits, CommitNumber end) {
  if (given.empty()) return absent;
  if (const auto commit = schemas::parse_unsigned(given)) return *commit;
  return first_at(
      commits, end, schemas::Time{std::chrono::microseconds{*schemas::parse_time(given)}});
}

void check_bound(Parameters& parameters, std::string_view name, const std::string& given) {
  if (!given.empty() && !schemas::parse_unsigned(given) && !schemas::parse_time(given))
    parameters.fault(name, "must be a commit's number or a time, 2026-01-31T12:00:00Z");
}

}  // namespace

TrailEndpoint::TrailEndpoint(Audit audit, const schemas::Schema& schema, const Reading& reading)
    : Endpoint{fmt::format("GET {}", pattern)}, audit_{audit}, schema_{schema}, reading_{reading} {}

void TrailEndpoint::handle(const Call& call, Reply reply) {
  Parameters parameters{call.request, known};
  const auto given = [&](std::string_view name) {
    return std::string{parameters.get(name).value_or("")};
  };
  Query query{
      .actor = given("actor"),
      .context = given("context"),
      .type = given("type"),
      .correlation = given("correlation"),
      .from = given("from"),
      .to = given("to"),
      .limit = parameters.limit(),
      .correlation_id = correlation_of(call.request, reading_.now())};
  check_bound(parameters, "from", query.from);
  check_bound(parameters, "to", query.to);
  query.scope = fmt::format(
      "{}?{}&{}&{}&{}&{}&{}",
      pattern,
      query.actor,
      query.context,
      query.type,
      query.correlation,
      query.from,
      query.to);
  auto problem = follow_cursor(parameters, reading_, query.scope, cursor_version, query.after);
  if (auto fault = parameters.problem()) problem = std::move(fault);
  if (problem) return reply(refuse(std::move(*problem), query.correlation_id));
  reply(answer(query));
}

Response TrailEndpoint::answer(const Query& query) const try {
  Response response{.content_type = content::json, .body = "{\"items\":["};
  std::string next;
  audit_.trail.read([&](const fold::Reads& trail) {
    audit_.streams.read([&](const fold::Reads& streams) {
      const StreamReader commits{streams};
      const auto end = std::min(commits_in(trail), commits_in(streams));
      auto from = bound(query.from, 0, commits, end);
      if (!query.after.empty())
        from = std::max(from, schemas::parse_unsigned(query.after).value_or(0) + 1);
      const auto to = std::min(bound(query.to, last_of_all, commits, end), end);
      std::size_t facts = 0, looked_at = 0;
      CommitNumber last = 0;
      const auto visit = [&](CommitNumber at) {
        if (at >= to) return false;
        if (facts >= query.limit || looked_at == looked_at_most ||
            response.body.size() > page_bytes_most) {
          next = std::to_string(last);
          return false;
        }
        ++looked_at;
        last = at;
        if (const auto commit = commits.commit(at); commit && write(response.body, query, *commit))
          facts += std::max<std::size_t>(1, commit->content.facts.size());
        return true;
      };
      const audit::Trail index{trail};
      if (!query.correlation.empty())
        index.scan(audit::Tag::correlation, query.correlation, from, visit);
      else if (!query.actor.empty())
        index.scan(audit::Tag::actor, query.actor, from, visit);
      else if (!query.type.empty())
        index.scan(audit::Tag::type, query.type, from, visit);
      else if (!query.context.empty())
        index.scan(audit::Tag::context, query.context, from, visit);
      else
        for (auto at = from; visit(at); ++at) {
        }
    });
  });
  if (!next.empty())
    next = write_cursor(
        reading_.digest, query.scope, {std::string{cursor_version}, reading_.incarnation(), next});
  end_page(response.body, next);
  return response;
} catch (const std::runtime_error&) {
  return read_failed(reading_, query.correlation_id);
}

// False when nothing of it is asked for.
bool TrailEndpoint::write(std::string& out, const Query& query, const StoredCommit& commit) const {
  const auto& content = commit.content;
  if (!query.actor.empty() && content.actor != query.actor) return false;
  if (!query.correlation.empty() && content.correlation != query.correlation) return false;
  bool any = false;
  const auto begin = [&] {
    out += out.back() == '[' ? "" : ",";
    fmt::format_to(std::back_inserter(out), "{{\"commit\":{},", commit.number);
    any = true;
  };
  for (const auto& fact : content.facts) {
    if (!query.type.empty() && fact.type != query.type) continue;
    if (!query.context.empty() && fold::context_of(fact.aggregate) != query.context) continue;
    begin();
    out += "\"stream\":";
    schemas::write_text(out, fact.aggregate);
    out += ',';
    write_members(out, schema_, to_stored(commit.number, content, fact), reading_.incarnation());
    out += '}';
  }
  // A refusal that was recorded for a flow, an effect or a timer: of no aggregate and no fact.
  if (content.facts.empty() && query.type.empty() && query.context.empty()) {
    begin();
    out += "\"stream\":null,\"rejection\":";
    schemas::write_text(out, content.rejection.value_or(""));
    out += ',';
    write_members(out, schema_, to_stored(commit.number, content, {}), reading_.incarnation());
    out += '}';
  }
  return any;
}

// ---- Causes ----

namespace {

nlohmann::ordered_json summary(const StoredCommit& commit) {
  const auto& content = commit.content;
  nlohmann::ordered_json made{
      {"commit", commit.number},
      {"time", schemas::format_time(content.at)},
      {"actor", content.actor},
      {"command", content.command},
      {"correlation_id", content.correlation},
      {"facts", nlohmann::ordered_json::array()}};
  for (const auto& fact : content.facts)
    made["facts"].push_back({{"stream", fact.aggregate}, {"type", fact.type}});
  if (content.rejection) made["rejection"] = *content.rejection;
  return made;
}

// A commit and what it caused, through all depths.
nlohmann::ordered_json tree(
    const audit::Trail& trail,
    const StreamReader& commits,
    CommitNumber at,
    std::size_t depth,
    std::size_t& left) {
  const auto commit = commits.commit(at);
  if (!commit) return nullptr;
  auto made = summary(*commit);
  auto& caused = made["caused"] = nlohmann::ordered_json::array();
  std::vector<CommitNumber> children;
  trail.scan(audit::Tag::causation, fold::causation_by(at), at + 1, [&](CommitNumber child) {
    if (left == 0 || depth == depth_most) {
      made["more"] = true;
      return false;
    }
    --left;
    children.push_back(child);
    return true;
  });
  for (const auto child : children)
    if (auto below = tree(trail, commits, child, depth + 1, left); !below.is_null())
      caused.push_back(std::move(below));
  return made;
}

// What led to a commit, the first cause first.
nlohmann::ordered_json causes_of(const StreamReader& commits, const StoredCommit& commit) {
  std::vector<nlohmann::ordered_json> chain;
  std::string causation = commit.content.causation;
  while (chain.size() < depth_most) {
    const auto cause = fold::cause_of(causation);
    const auto found = cause ? commits.commit(*cause) : std::nullopt;
    if (!found) break;
    chain.push_back(summary(*found));
    causation = found->content.causation;
  }
  std::ranges::reverse(chain);
  return chain;
}

}  // namespace

CausesEndpoint::CausesEndpoint(Audit audit, const Reading& reading)
    : Endpoint{fmt::format("GET {}", pattern)}, audit_{audit}, reading_{reading} {}

void CausesEndpoint::handle(const Call& call, Reply reply) {
  auto correlation = correlation_of(call.request, reading_.now());
  const Parameters parameters{call.request, {}};
  if (auto problem = parameters.problem())
    return reply(refuse(std::move(*problem), std::move(correlation)));
  const auto at = schemas::parse_unsigned(call.path[0].value);
  if (!at)
    return reply(refuse(
        {.code = "malformed", .detail = "A commit is named by its number, 0 or above."},
        std::move(correlation)));
  try {
    nlohmann::ordered_json answer;
    audit_.trail.read([&](const fold::Reads& trail) {
      audit_.streams.read([&](const fold::Reads& streams) {
        const StreamReader commits{streams};
        const auto commit = commits.commit(*at);
        if (!commit) return;
        auto left = causes_most;
        answer = {
            {"because", causes_of(commits, *commit)},
            {"commit", tree(audit::Trail{trail}, commits, *at, 0, left)}};
      });
    });
    if (answer.is_null())
      return reply(refuse(
          {.code = "not_found", .detail = "The log has no such commit yet; see /audit/events."},
          std::move(correlation)));
    reply({.content_type = content::json, .body = answer.dump()});
  } catch (const std::runtime_error&) {
    reply(read_failed(reading_, correlation));
  }
}

}  // namespace http
