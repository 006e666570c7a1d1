// The transparency log over HTTP: checkpoint, tiles and entries as c2sp.org/tlog-tiles has them,
// proofs as c2sp.org/tlog-proof, and commits.
//
// All of it answers for the published checkpoint only; what lies beyond is not there yet. Nothing
// here need be believed: whoever has the log's key can check every answer.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "domain/fold/store.hpp"
#include "gateways/http/api/endpoint.hpp"
#include "gateways/http/api/queries.hpp"
#include "gateways/http/api/tile_address.hpp"
#include "gateways/http/audit.hpp"
#include "projections/audit/note.hpp"

namespace http {

class AuditReads {
 public:
  AuditReads(Audit audit, const Reading& reading) : audit_{audit}, reading_{reading} {}

  Response checkpoint(const Call& call) const;
  Response pending(const Call& call) const;  // the newest, which witnesses may not have signed yet
  Response vkey(const Call& call) const;
  Response checkpoints(const Call& call) const;
  Response tile(const Call& call) const;  // and bundles of entries
  Response inclusion(const Call& call) const;
  Response consistency(const Call& call) const;
  Response commit(const Call& call) const;
  Response commits(const Call& call) const;

  // Tiles have a segment for each three digits of their index, and one for a width.
  static constexpr std::size_t tile_segments_most = 8;

 private:
  struct Published {
    std::string note;
    audit::Checkpoint checkpoint;
  };
  using Use = std::function<Response(const fold::Reads& store, const Published& published)>;

  Response read(const Call& call, const Use& use) const;
  Response meta(const Call& call, std::string_view key, bool line) const;
  std::string correlation(const Call& call) const;
  Response not_found(const Call& call, std::string detail) const;

  Audit audit_;
  const Reading& reading_;
};

}  // namespace http
