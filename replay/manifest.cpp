#include "replay/manifest.hpp"

#include "schemas/notation.hpp"

namespace replay {

nlohmann::ordered_json describe(const Extent& extent) {
  const auto next = extent.first ? extent.last + 1 : 0;
  nlohmann::ordered_json checkpoint;
  if (extent.checkpoint)
    checkpoint = {
        {"origin", extent.checkpoint->origin},
        {"size", extent.checkpoint->size},
        {"root", schemas::to_base64(kernel::text(extent.checkpoint->root))}};
  return {
      {"format", manifest_format},
      {"made_by", "construct " CONSTRUCT_VERSION},
      {"deployment", extent.life.deployment},
      {"incarnation", extent.life.incarnation},
      {"from", extent.first.value_or(next)},
      {"to", next},
      {"commits", extent.commits},
      {"last_commit_at", schemas::format_time(extent.last_at)},
      {"checkpoint", std::move(checkpoint)},
      {"last_block_sha256", kernel::to_hex(kernel::text(extent.block))}};
}

}  // namespace replay
