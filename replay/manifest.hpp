// What a result was made of, so that somebody else can make it again and compare.
//
// Any thread; no state.
#pragma once

#include <nlohmann/json.hpp>

#include "replay/history.hpp"

namespace replay {

inline constexpr int manifest_format = 1;

// {"format","made_by","deployment","incarnation","from","to","commits","last_commit_at",
//  "checkpoint":{"origin","size","root"},"last_block_sha256"}
//
// [from, to) are the numbers of commits; from the block's hash all before it follows, since each
// block names the one before.
nlohmann::ordered_json describe(const Extent& extent);

}  // namespace replay
