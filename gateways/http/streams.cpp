#include "gateways/http/streams.hpp"

#include "schemas/construct.hpp"

namespace http {

StoredFact to_stored(
    kernel::CommitNumber number, const construct::Commit& commit, const construct::Fact& fact) {
  return {
      .position = number,
      .version = fact.version,
      .type = fact.type,
      .time = commit.at.time_since_epoch().count(),
      .actor = commit.actor,
      .command = commit.command,
      .command_id = commit.command_id.data,
      .correlation = commit.correlation,
      .causation = commit.causation,
      .data = fact.data.data};
}

}  // namespace http
