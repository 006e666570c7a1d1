// What is looked at before a checkpoint is signed: that the tree, read back from the store, is the
// last signed one with commits behind it, and that every hash in it is that of what is below.
//
// A log whose tree had one flipped bit when it was signed could never be verified again, and no
// later checkpoint could mend it (that happened to DigiCert's CT log Yeti 2022). So the new part is
// worked out anew, from the entries up, by other code than that which made the tiles.
#pragma once

#include "domain/fold/store.hpp"
#include "projections/audit/note.hpp"
#include "projections/audit/tree.hpp"

namespace audit {

// The root of the first `size` commits. Throws Refused, naming what does not fit. Any thread; what
// is folded behind `size` meanwhile does no harm.
Digest grown_root(const fold::Reads& store, const Checkpoint& last_signed, std::uint64_t size);

}  // namespace audit
