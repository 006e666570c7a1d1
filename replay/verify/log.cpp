#include "replay/verify/log.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <functional>

#include "replay/verify/merkle.hpp"
#include "replay/verify/proof.hpp"
#include "schemas/notation.hpp"

namespace verify {
namespace {

constexpr std::size_t hash_size = 32, framed_size = 2 + entry_size;
constexpr unsigned tile_height = 8, levels = 64 / tile_height;

// Runs one check; what it throws becomes its result. False: what follows makes no sense any more.
bool check(Report& report, const std::string& name, const std::function<std::string()>& run) {
  try {
    report.add(name, run());
    return true;
  } catch (const NotVerified& why) {
    report.checks.push_back({name, Result::not_verified, why.what()});
  } catch (const Incomplete& why) {
    report.checks.push_back({name, Result::incomplete, why.what()});
  }
  return false;
}

std::string in_base64(const Digest& hash) { return schemas::to_base64(kernel::text(hash)); }

std::string describe(const Checkpoint& checkpoint) {
  return fmt::format(
      "{} with {} commits, root {}",
      checkpoint.origin,
      checkpoint.size,
      in_base64(checkpoint.root));
}

// The checkpoint, if the policy believes it.
std::optional<Checkpoint> judge(
    Report& report,
    const Policy& policy,
    const std::string& name,
    const std::function<std::string()>& note) {
  std::optional<Policy::Judgement> judged;
  check(report, name, [&] {
    judged = policy.judge(parse_note(note()));
    return "signed by " + describe(judged->checkpoint);
  });
  if (!judged) return std::nullopt;
  check(report, name == "checkpoint" ? "witnesses" : name + " witnesses", [&] {
    if (!judged->witnessed.quorum)
      throw NotVerified(fmt::format(
          "the quorum of the policy is not there; it has {} cosignatures: {}",
          judged->witnessed.by.size(),
          fmt::join(judged->witnessed.by, ", ")));
    return judged->witnessed.by.empty()
               ? std::string{"the policy asks for none"}
               : fmt::format("cosigned by {}", fmt::join(judged->witnessed.by, ", "));
  });
  return judged->checkpoint;
}

// Reads the entries of a mirror in their order, and grows the tree from them.
class Rebuilding {
 public:
  Rebuilding(const Mirror& mirror, std::uint64_t size) : mirror_{mirror}, size_{size} {}

  // The next entry; its leaf and every hash that it completes are those of the tiles.
  Entry next() {
    const auto number = tree_.size();
    const auto at = number % tile_width * framed_size;
    if (at == 0) {
      const auto width = std::min(tile_width, size_ - number);
      bundle_ = mirror_.entries(number / tile_width, width);
    }
    const auto framed = std::string_view{bundle_}.substr(std::min(at, bundle_.size()), framed_size);
    if (framed.size() != framed_size || framed[0] != 0 || framed[1] != entry_size)
      throw NotVerified(fmt::format("commit {}: its entry is cut off or damaged", number));
    const auto bytes = framed.substr(2);
    const auto entry = parse_entry(bytes);
    if (entry.number != number)
      throw NotVerified(fmt::format("commit {}: its entry is of commit {}", number, entry.number));
    if (number > 0 && entry.time_us <= last_time_)
      throw NotVerified(fmt::format("commit {}: it is not later than the one before", number));
    last_time_ = entry.time_us;
    tree_.add(leaf_of(bytes), [&](unsigned height, std::uint64_t index, const Digest& hash) {
      if (height % tile_height == 0) compare_with_tile(height / tile_height, index, hash);
    });
    return entry;
  }

  const Growing& tree() const { return tree_; }

 private:
  void compare_with_tile(unsigned level, std::uint64_t index, const Digest& hash) {
    auto& tile = tiles_.at(level);
    if (index % tile_width == 0) {
      const auto there = size_ >> level * tile_height;
      tile = mirror_.tile(level, index / tile_width, std::min(tile_width, there - index));
    }
    const auto at = index % tile_width * hash_size;
    if (tile.size() < at + hash_size ||
        std::string_view{tile}.substr(at, hash_size) != kernel::text(hash))
      throw NotVerified(fmt::format(
          "hash {} of level {} in the tiles is not that of {}",
          index,
          level,
          level == 0 ? fmt::format("commit {}", index) : std::string{"what is below it"}));
  }

  const Mirror& mirror_;
  std::uint64_t size_;
  Growing tree_;
  std::string bundle_;
  std::array<std::string, levels> tiles_;
  std::int64_t last_time_ = 0;
};

// The roots of the trees of two sizes, from the leaf hashes in the tiles.
std::pair<Digest, Digest> roots(const Mirror& mirror, std::uint64_t before, std::uint64_t now) {
  Growing tree;
  Digest old_root = tree.root();
  std::string tile;
  while (tree.size() < now) {
    const auto at = tree.size() % tile_width * hash_size;
    if (at == 0)
      tile = mirror.tile(0, tree.size() / tile_width, std::min(tile_width, now - tree.size()));
    if (tile.size() < at + hash_size)
      throw NotVerified(fmt::format("the tile of commit {} is cut off", tree.size()));
    Digest hash;
    std::copy_n(tile.begin() + static_cast<std::ptrdiff_t>(at), hash_size, hash.begin());
    tree.add(hash);
    if (tree.size() == before) old_root = tree.root();
  }
  return {old_root, tree.root()};
}

void must_be(const Digest& computed, const Checkpoint& checkpoint) {
  if (computed != checkpoint.root)
    throw NotVerified(fmt::format(
        "the first {} commits have the root {}, not the one that was signed, {}",
        checkpoint.size,
        in_base64(computed),
        in_base64(checkpoint.root)));
}

void must_be_of_one_log(const Checkpoint& one, const Checkpoint& other) {
  if (one.origin != other.origin)
    throw NotVerified(fmt::format("{} and {} are different logs", one.origin, other.origin));
}

}  // namespace

Report verify_log(const Mirror& mirror, const Policy& policy, const LogOptions& options) {
  Report report;
  const auto now = judge(report, policy, "checkpoint", [&] { return mirror.checkpoint(); });
  if (!now) return report;
  std::optional<Checkpoint> before;
  if (options.since) {
    before = judge(report, policy, "since", [&] { return *options.since; });
    if (!before) return report;
    if (!check(report, "continuity", [&] {
          must_be_of_one_log(*before, *now);
          if (before->size > now->size)
            throw NotVerified(
                fmt::format("the log had {} commits, and has {} now", before->size, now->size));
          return std::string{"it is the same log, and no shorter"};
        }))
      return report;
  }
  Rebuilding rebuilding{mirror, now->size};
  std::optional<CommitFile> commits;
  if (options.commits && mirror.has_commits()) commits.emplace(mirror.commits_path());
  std::uint64_t commits_seen = 0;
  if (!check(report, "tree", [&] {
        if (before && before->size == 0) must_be(rebuilding.tree().root(), *before);
        while (rebuilding.tree().size() < now->size) {
          const auto entry = rebuilding.next();
          if (before && rebuilding.tree().size() == before->size)
            must_be(rebuilding.tree().root(), *before);
          if (!commits) continue;
          const auto bytes = commits->next();
          if (!bytes) {
            commits.reset();
          } else {
            if (entry_of(entry.number, *bytes) != entry)
              throw NotVerified(
                  fmt::format("commit {}: its bytes are not those of its entry", entry.number));
            ++commits_seen;
          }
        }
        must_be(rebuilding.tree().root(), *now);
        return fmt::format("the entries of {} commits have the signed root", now->size);
      }))
    return report;
  if (options.commits)
    check(report, "commits", [&] {
      if (commits_seen < now->size)
        throw Incomplete(fmt::format(
            "the bytes of {} commits are there, from the first on, of {}; fetch the rest, or say "
            "--entries-only",
            commits_seen,
            now->size));
      return fmt::format("the bytes of {} commits are those of their entries", commits_seen);
    });
  return report;
}

Report verify_consistency(
    const std::string& before, const std::string& now, const Mirror& mirror, const Policy& policy) {
  Report report;
  const auto one = judge(report, policy, "old", [&] { return before; });
  const auto other = judge(report, policy, "new", [&] { return now; });
  if (!one || !other) return report;
  check(report, "consistency", [&] {
    must_be_of_one_log(*one, *other);
    if (one->size > other->size)
      throw NotVerified(
          fmt::format("the log had {} commits, and {} later", one->size, other->size));
    const auto [old_root, root] = roots(mirror, one->size, other->size);
    must_be(root, *other);
    must_be(old_root, *one);
    return fmt::format(
        "the {} commits begin with the same {}, and nothing was changed", other->size, one->size);
  });
  return report;
}

Report verify_proof(const std::string& proof, const std::string& commit, const Policy& policy) {
  Report report;
  std::optional<Proof> parsed;
  if (!check(report, "proof", [&] {
        parsed = parse_proof(proof);
        return fmt::format("of commit {}", parsed->index);
      }))
    return report;
  const auto checkpoint = judge(report, policy, "checkpoint", [&] { return parsed->checkpoint; });
  if (!checkpoint) return report;
  check(report, "inclusion", [&] {
    const auto leaf = leaf_of(to_bytes(entry_of(parsed->index, commit)));
    if (!included(leaf, parsed->index, checkpoint->size, parsed->path, checkpoint->root))
      throw NotVerified(
          fmt::format("these {} bytes are not commit {} of the log", commit.size(), parsed->index));
    return fmt::format(
        "these {} bytes are commit {} of {}", commit.size(), parsed->index, checkpoint->size);
  });
  return report;
}

Report compare(const std::string& one, const std::string& other, const Policy& policy) {
  Report report;
  const auto a = judge(report, policy, "first", [&] { return one; });
  const auto b = judge(report, policy, "second", [&] { return other; });
  if (!a || !b) return report;
  check(report, "agreement", [&]() -> std::string {
    must_be_of_one_log(*a, *b);
    if (a->size != b->size)
      throw Incomplete(
          "they are of different sizes, which can agree; see `construct verify consistency`");
    if (a->root != b->root)
      throw NotVerified(fmt::format(
          "{} has signed two different histories of {} commits, {} and {}: keep both files, they "
          "prove it",
          a->origin,
          a->size,
          in_base64(a->root),
          in_base64(b->root)));
    return "both are of the same history";
  });
  return report;
}

}  // namespace verify
