// The role that publishes every fact for other systems (domain/fold/feed.hpp).
#pragma once

#include <optional>
#include <string>

#include "domain/fold/following.hpp"
#include "gateways/cli/roles/process.hpp"
#include "gateways/nats/feed.hpp"
#include "gateways/rocks/database.hpp"

namespace cli {

class FeedRole {
 public:
  // Throws std::runtime_error with a sentence when the feed's stream is not of this log.
  explicit FeedRole(Process& process);
  ~FeedRole();
  FeedRole(const FeedRole&) = delete;
  FeedRole& operator=(const FeedRole&) = delete;

 private:
  std::string metrics() const;

  Process& process_;
  nats::FeedStream stream_;
  rocks::Database store_;
  fold::Feed feed_;
  std::atomic<std::uint64_t> facts_{0};
  fold::Runner runner_;
  std::optional<fold::Following> following_;
  std::unique_ptr<http::Vitals::Saying> saying_;
  std::unique_ptr<nats::Connection::Listening> answering_;
};

}  // namespace cli
