#include "replay/moment.hpp"

#include <fmt/format.h>

#include "replay/verify/mirror.hpp"
#include "schemas/notation.hpp"

namespace replay {
namespace {

constexpr std::string_view sequence_prefix = "seq:", time_prefix = "time:",
                           checkpoint_prefix = "ckpt:";

Moment covered_by(const std::string& file) {
  try {
    const auto read = verify::checkpoint_in(verify::read_whole(file));
    return {
        .kind = Moment::Kind::checkpoint,
        .commit = read.size,
        .incarnation = read.origin.substr(read.origin.rfind('/') + 1),
        .checkpoint = read};
  } catch (const std::runtime_error& why) {
    throw Refused(fmt::format(
        "{} is no checkpoint ({}); give a file as GET /checkpoint answers it", file, why.what()));
  }
}

}  // namespace

Moment parse_moment(std::string_view text) {
  if (text == "last") return {};
  if (text.starts_with(checkpoint_prefix))
    return covered_by(std::string{text.substr(checkpoint_prefix.size())});
  if (text.starts_with(time_prefix)) {
    if (const auto time = schemas::parse_time(text.substr(time_prefix.size())))
      return {.kind = Moment::Kind::time, .time = schemas::Time{std::chrono::microseconds{*time}}};
  } else if (const auto position = kernel::parse_position(text)) {
    return {
        .kind = Moment::Kind::commit,
        .commit = position->commit,
        .incarnation = position->incarnation};
  } else if (
      const auto number = schemas::parse_unsigned(
          text.starts_with(sequence_prefix) ? text.substr(sequence_prefix.size()) : text)) {
    return {.kind = Moment::Kind::commit, .commit = *number};
  }
  throw Refused(fmt::format(
      "{} is no moment of the log; give a commit's number (seq:41), a position (5f0c2a91-41), a "
      "time (time:2026-11-21T05:25:00Z), a checkpoint (ckpt:FILE) or last",
      text.empty() ? "nothing" : text));
}

bool Range::begins_after(kernel::CommitNumber commit, schemas::Time at) const {
  if (!from || from->kind == Moment::Kind::last) return false;
  return from->kind == Moment::Kind::time ? at < from->time : commit < from->commit;
}

bool Range::ends_before(kernel::CommitNumber commit, schemas::Time at) const {
  if (!until || until->kind == Moment::Kind::last) return false;
  if (until->is_checkpoint()) return commit >= until->commit;
  if (until->kind == Moment::Kind::commit)
    return through ? commit > until->commit : commit >= until->commit;
  return through ? at > until->time : at >= until->time;
}

}  // namespace replay
