// A copy of a transparency log in a folder, as `construct mirror` makes it:
//
//   checkpoint                            the signed checkpoint that the rest belongs to
//   tile/<level>/<index>[.p/<width>]      as c2sp.org/tlog-tiles addresses them
//   tile/entries/<index>[.p/<width>]
//   commits                               each commit's length (4 bytes, big-endian) and its bytes,
//                                         from the first on; absent where they may not be read
//
// Any static copy of the same addresses will do.
#pragma once

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "replay/verify/note.hpp"

namespace verify {

// What is needed to tell is not there; a sentence. Never reported as verified.
struct Incomplete : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline constexpr std::uint64_t tile_width = 256;

// "x001/x234/067", and ".p/112" behind it when the tile is not full.
std::string tile_name(std::uint64_t index, std::uint64_t width);

// All of a file. Throws Incomplete when it cannot be read.
std::string read_whole(const std::filesystem::path& path);

class Mirror {
 public:
  explicit Mirror(std::filesystem::path folder) : folder_{std::move(folder)} {}

  std::string checkpoint() const { return read_whole(folder_ / "checkpoint"); }
  // At least so many of the tile's hashes, or of the bundle's bytes; throws Incomplete.
  std::string tile(unsigned level, std::uint64_t index, std::uint64_t width) const;
  std::string entries(std::uint64_t index, std::uint64_t width) const;
  bool has_commits() const { return std::filesystem::exists(commits_path()); }
  std::filesystem::path commits_path() const { return folder_ / "commits"; }

 private:
  std::string read_tile(const std::string& kind, std::uint64_t index, std::uint64_t width) const;

  std::filesystem::path folder_;
};

// The commits of a mirror, one after the other.
class CommitFile {
 public:
  explicit CommitFile(const std::filesystem::path& path) : file_{path, std::ios::binary} {}
  // Absent at the end. Throws NotVerified when the file is cut off.
  std::optional<std::string> next();

 private:
  std::ifstream file_;
};

}  // namespace verify
