// How the allocator keeps memory, in every program that is linked with it.

#include <mimalloc.h>

namespace {

// What was freed goes back to the system after so long, in which it may be used again: a fold reads
// a few MiB of blocks at a time, and pages that the system hands out anew it clears first.
constexpr long kept_ms = 2'000;

[[maybe_unused]] const bool set = [] {
  mi_option_set(mi_option_decommit_delay, kept_ms);
  return true;
}();

}  // namespace
