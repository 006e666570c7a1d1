#include "gateways/cli/roles/feed.hpp"

#include <fmt/format.h>

#include "gateways/cli/control.hpp"

namespace cli {

FeedRole::FeedRole(Process& process)
    : process_{process},
      stream_{
          process.connection,
          [&process](const std::string& text) { process.tell(text, Level::alarm); }},
      store_{
          rocks::Database::As::fold, process.folders.fold("feed"), names_of<fold::FeedFamilies>()},
      feed_{store_, stream_},
      facts_{feed_.facts()},
      runner_{store_, feed_, [this](const auto&, const auto&) { facts_ = feed_.facts(); }} {
  process.tell_of(store_);
  following_.emplace(
      "feed", process.log, std::vector{&runner_}, [&process](const std::string& why) {
        process.fail(fmt::format("the feed cannot go on: {}", why));
      });
  saying_ = process.vitals.add({.metrics = [this] { return metrics(); }});
  answering_ = report(process.connection, [this]() -> std::vector<Part> {
    return {
        {"feed",
         runner_.cursor().head.next,
         fmt::format("{} facts are in the stream {}", facts_.load(), nats::feed_stream_name)}};
  });
  process.tell(fmt::format("publishes facts on {}", nats::feed_subjects));
}

FeedRole::~FeedRole() {
  answering_.reset();
  saying_.reset();
}

std::string FeedRole::metrics() const {
  return fmt::format(
      "# HELP construct_feed_facts Facts that the feed has published, of all the log's.\n"
      "# TYPE construct_feed_facts counter\nconstruct_feed_facts {}\n"
      "# HELP construct_feed_folded_commits Commits that the feed has published.\n"
      "# TYPE construct_feed_folded_commits counter\nconstruct_feed_folded_commits {}\n",
      facts_.load(),
      runner_.cursor().head.next);
}

}  // namespace cli
