#include "gateways/cli/stream_source.hpp"

#include "commands/engine/streams.hpp"
#include "domain/fold/fold.hpp"

namespace cli {
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
          page.facts.push_back(http::to_stored(commit.number, commit.content, fact));
  });
  return page;
}

}  // namespace cli
