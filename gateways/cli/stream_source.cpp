#include "gateways/cli/stream_source.hpp"

#include "commands/engine/streams.hpp"
#include "domain/fold/fold.hpp"

namespace cli {
namespace {

http::StoredFact to_stored(const engine::StoredCommit& commit, const construct::Fact& fact) {
  return {
      .position = commit.number,
      .version = fact.version,
      .type = fact.type,
      .time = commit.content.at.time_since_epoch().count(),
      .actor = commit.content.actor,
      .command = commit.content.command,
      .command_id = commit.content.command_id.data,
      .correlation = commit.content.correlation,
      .causation = commit.content.causation,
      .data = fact.data.data};
}

}  // namespace

http::StreamPage StreamSource::read(
    std::string_view stream, std::uint64_t after, std::size_t limit) {
  http::StreamPage page;
  store_.read([&](const fold::Reads& store) {
    if (const auto cursor = fold::read_cursor(store); cursor && cursor->head.next > 0)
      page.position = {cursor->incarnation, cursor->head.next - 1};
    // A commit with several facts of the stream may have been cut by the page before.
    for (const auto& commit : engine::StreamReader{store}.history(stream, after, limit))
      for (const auto& fact : commit.content.facts)
        if (fact.aggregate == stream && fact.version > after && page.facts.size() < limit)
          page.facts.push_back(to_stored(commit, fact));
  });
  return page;
}

}  // namespace cli
