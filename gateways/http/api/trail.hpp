// The trail that auditors read: who did what, when, on whose behalf, and what it caused.
//
//   GET /audit/events?actor=&context=&type=&correlation=&from=&to=   facts in the log's order
//   GET /audit/causes/<commit>                                       what led to it, what it led to
//
// `from` and `to` are commit numbers or times, and `to` is not included. A commit's facts are never
// divided between pages, so a page may have a few more than `limit`; where few of the commits that
// are looked at match, it may have fewer and a cursor all the same.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "commands/engine/streams.hpp"
#include "gateways/http/api/endpoint.hpp"
#include "gateways/http/api/queries.hpp"
#include "gateways/http/audit.hpp"

namespace http {

class TrailEndpoint final : public Endpoint {
 public:
  static constexpr std::string_view pattern = "/audit/events";

  TrailEndpoint(Audit audit, const schemas::Schema& schema, const Reading& reading);
  void handle(const Call& call, Reply reply) override;

 private:
  struct Query {
    std::string actor, context, type, correlation;  // empty: any
    std::string from, to;                           // as they were given
    std::string after;                              // of the cursor: the last commit seen
    std::string scope;                              // of the cursor
    std::size_t limit = 0;
    std::string correlation_id;  // of the request
  };

  Response answer(const Query& query) const;
  bool write(std::string& out, const Query& query, const engine::StoredCommit& commit) const;

  Audit audit_;
  const schemas::Schema& schema_;
  const Reading& reading_;
};

class CausesEndpoint final : public Endpoint {
 public:
  static constexpr std::string_view pattern = "/audit/causes/{commit}";

  CausesEndpoint(Audit audit, const Reading& reading);
  void handle(const Call& call, Reply reply) override;

 private:
  Audit audit_;
  const Reading& reading_;
};

}  // namespace http
