// The vectors that transparency-dev/merkle publishes (testdata/, Apache-2.0), where they are at
// hand: CONSTRUCT_VECTORS names the folder, in which they lie as in that repository.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "replay/verify/merkle.hpp"
#include "replay/verify/note.hpp"

namespace {

using nlohmann::json;
namespace fs = std::filesystem;

std::vector<json> vectors(const std::string& kind) {
  std::vector<json> all;
  const char* named = std::getenv("CONSTRUCT_VECTORS");
  const auto folder = fs::path{named ? named : "../shared/vectors/merkle/testdata"} / kind;
  if (!fs::is_directory(folder)) {
    MESSAGE("Skipped: ", folder.string(), " is not there; name their folder in CONSTRUCT_VECTORS.");
    return all;
  }
  for (const auto& entry : fs::recursive_directory_iterator{folder})
    if (entry.path().extension() == ".json") {
      std::ifstream file{entry.path()};
      all.push_back(json::parse(file));
      all.back()["file"] = entry.path().string();
    }
  CHECK(all.size() > 90);
  return all;
}

// What is no hash of 32 bytes is refused before it comes to a proof. (One vector accepts roots that
// are none, since it does not look at them.)
std::optional<verify::Digest> hash_in(const json& text) {
  return text.is_string() ? verify::parse_hash(text.get<std::string>()) : std::nullopt;
}
std::optional<std::vector<verify::Digest>> path_in(const json& list) {
  std::vector<verify::Digest> path;
  for (const auto& text : list) {
    const auto hash = hash_in(text);
    if (!hash) return std::nullopt;
    path.push_back(*hash);
  }
  return path;
}

}  // namespace

TEST_SUITE("audit: published vectors") {
  TEST_CASE("inclusion") {
    for (const auto& vector : vectors("inclusion")) {
      const auto leaf = hash_in(vector["leafHash"]), root = hash_in(vector["root"]);
      const auto path = path_in(vector["proof"]);
      INFO(vector.dump());
      if (!leaf || !root || !path) continue;
      const bool good =
          verify::included(*leaf, vector["leafIdx"], vector["treeSize"], *path, *root);
      CHECK(good == !vector["wantErr"].get<bool>());
    }
  }
  TEST_CASE("consistency") {
    for (const auto& vector : vectors("consistency")) {
      const auto old_root = hash_in(vector["root1"]), root = hash_in(vector["root2"]);
      const auto path = path_in(vector["proof"]);
      INFO(vector.dump());
      if (!old_root || !root || !path) continue;
      const bool good =
          verify::consistent(vector["size1"], *old_root, vector["size2"], *root, *path);
      CHECK(good == !vector["wantErr"].get<bool>());
    }
  }
}
