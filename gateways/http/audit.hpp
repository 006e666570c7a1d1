// What auditors read besides streams: the tree over the log and its checkpoints
// (projections/audit/tree.hpp), and commits as they are stored.
#pragma once

namespace fold {
class Followed;
}

namespace http {

struct Audit {
  fold::Followed& tree;     // audit::Families
  fold::Followed& trail;    // audit::TrailFamilies
  fold::Followed& streams;  // engine::StreamsFamilies
};

}  // namespace http
