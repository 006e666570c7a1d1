// A fact as other systems read it: a CloudEvent 1.0 in JSON (CloudEvents core specification and
// JSON event format, version 1.0.2, of the CNCF).
//
//   {"specversion":"1.0","id":"5f0c2a91-41-0","source":"/construct/3c2b…","type":"ordering.OrderPlaced",
//    "subject":"ordering/Order/o-1","time":"2026-11-21T05:25:00.123456Z",
//    "datacontenttype":"application/json","position":"5f0c2a91-41",
//    "sequence":"00000000000000000041-00000","aggregateversion":1,"actor":"u-1",
//    "command":"PlaceOrder","commandid":"0193…","correlationid":"…","causationid":"…","data":{…}}
//
// `source` and `id` tell it from every other: the life of the log in which it was committed, its
// commit, and which of the commit's facts it is. `sequence` (the CloudEvents extension of that
// name) sorts as the log does. The other extensions are the commit's; those that are empty are left
// out. `data` is the fact by the conventions of schemas/json.hpp.
//
// Any thread; no state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "domain/fold/block_view.hpp"
#include "schemas/model.hpp"

namespace fold {

// Which log, and which life of it (domain/kernel/position.hpp) the commit is of.
struct Life {
  std::string deployment;
  std::string incarnation;
};

// A fact with all that the log says of it. It points into the commit.
struct Event {
  const Life& life;
  const CommitView& commit;
  const FactView& fact;
  std::size_t index = 0;  // among the commit's facts
  const schemas::Table& table;
};

// "5f0c2a91-41-0"
std::string id_of(const Event& event);
// "5f0c2a91-41": what clients are told of its commit.
std::string position_of(const Event& event);

// Appends it, without a line's end. Throws schemas::Corrupt.
void write_cloud_event(std::string& out, const Event& event);

}  // namespace fold
