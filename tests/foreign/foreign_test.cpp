// What auditors are given, judged by code that is not ours: Go's golang.org/x/mod (Debian's
// golang-go and golang-golang-x-mod-dev) and npm's @sigstore/verify. Skipped where they are not.
#include <doctest/doctest.h>

#include <map>
#include <random>

#include "gateways/cli/process.hpp"
#include "schemas/notation.hpp"
#include "tests/audit/forest.hpp"
#include "tests/support/seed.hpp"

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) { return verify::read_whole(path); }
void write(const fs::path& path, const std::string& bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream{path, std::ios::binary} << bytes;
}

std::string lines_of(const std::vector<kernel::Digest>& hashes) {
  std::string text;
  for (const auto& hash : hashes) text += schemas::to_base64(kernel::text(hash)) + '\n';
  return text;
}

// A mirror of so many commits with proofs from all over it, cosigned by a witness.
struct Given {
  forest::Log log;
  support::TemporaryFolder folder;
  explicit Given(std::uint64_t size) {
    log.grow(size, 500);
    forest::mirror(log, folder.path());
    const audit::Key witness{
        audit::Signer::witness, "witness.example.com/w1", std::string(32, '\x03')};
    const auto note = log.sign();
    const auto cosigned =
        note + witness.cosign(note.substr(0, note.find("\n\n") + 1), 1'795'000'000);
    write(folder.path() / "checkpoint", cosigned);
    const audit::Tree tree{log.store};
    for (const std::uint64_t at : {0, 1, 255, 256, 511, 512, 65'535, 65'536, 69'888, 69'999}) {
      if (at >= size) continue;
      write(
          folder.path() / "proofs" / (std::to_string(at) + ".tlog-proof"),
          "c2sp.org/tlog-proof@v1\nindex " + std::to_string(at) + '\n' +
              lines_of(tree.inclusion(at, size)) + '\n' + cosigned);
      write(
          folder.path() / "consistency" / (std::to_string(at + 1) + '-' + std::to_string(size)),
          lines_of(tree.consistency(at + 1, size)));
    }
  }
};

// Changes a bit of a file while it lives.
class Flipped {
 public:
  Flipped(fs::path path, std::size_t bit) : path_{std::move(path)}, before_{read(path_)} {
    auto bytes = before_;
    bytes.at(bit / 8) = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
    write(path_, bytes);
  }
  ~Flipped() { write(path_, before_); }
  Flipped(const Flipped&) = delete;
  Flipped& operator=(const Flipped&) = delete;

 private:
  fs::path path_;
  std::string before_;
};

bool says(const std::vector<std::string>& command, const std::string& words) {
  const auto said = cli::output_of(command);
  CAPTURE(said);
  const bool found = said.find(words) != std::string::npos;
  CHECK(found);
  return found;
}

}  // namespace

TEST_SUITE("foreign: golang.org/x/mod") {
  TEST_CASE("it accepts checkpoint, tiles, entries and proofs, and no flipped bit of them") {
    if (cli::find_program("go").empty() ||
        !fs::exists("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")) {
      MESSAGE("Skipped: it takes Debian's golang-go and golang-golang-x-mod-dev.");
      return;
    }
    const support::TemporaryFolder made;
    const auto check = (made.path() / "check").string();
    const auto built = cli::output_of(
        {"/usr/bin/env",
         "GO111MODULE=off",
         "GOPATH=/usr/share/gocode",
         "GOFLAGS=",
         "GOCACHE=" + (made.path() / "cache").string(),
         cli::find_program("go").string(),
         "build",
         "-o",
         check,
         "tests/foreign/check.go"});
    REQUIRE_MESSAGE(fs::exists(check), built);

    const Given large{70'000};
    const auto at_large = large.folder.path().string();
    CHECK(says({check, at_large, large.log.key.vkey()}, "RIGHT: 70000 commits, 10 inclusion"));

    const Given given{600};
    const std::vector<std::string> command{
        check, given.folder.path().string(), given.log.key.vkey()};
    REQUIRE(says(command, "RIGHT: 600 commits, 6 inclusion proofs, 6 consistency proofs"));
    std::mt19937 random{static_cast<unsigned>(support::seed())};
    for (const auto& entry : fs::recursive_directory_iterator{given.folder.path()}) {
      if (!entry.is_regular_file()) continue;
      const auto path = entry.path();
      const auto bytes = read(path);
      CAPTURE(path);
      for (int i = 0; i < 4; ++i) {
        auto end = bytes.size();
        // A witness that it is not told of counts for nothing; nor does what is flipped in there.
        if (const auto witness = bytes.find("\u2014 witness"); witness != std::string::npos)
          end = witness;
        // The last letter before the padding has bits that Go passes over.
        const auto bit = random() % (8 * end);
        if (bytes[bit / 8] == '=' || (bit / 8 + 1 < end && bytes[bit / 8 + 1] == '=')) continue;
        CAPTURE(bit);
        const Flipped flipped{path, bit};
        CHECK(says(command, "WRONG"));
      }
    }
  }
}

TEST_SUITE("foreign: @sigstore/verify") {
  TEST_CASE(
      "it accepts checkpoint and inclusion proofs, and neither another commit nor another place") {
    const auto node = cli::find_program("node"), npm = cli::find_program("npm");
    if (node.empty() || npm.empty()) {
      MESSAGE("Skipped: it takes node 20.17 or newer, with npm.");
      return;
    }
    const support::TemporaryFolder made;
    for (const auto* name : {"package.json", "package-lock.json", "check.mjs"})
      fs::copy_file(fs::path{"tests/foreign"} / name, made.path() / name);
    const auto installed = cli::output_of(
        {npm.string(),
         "ci",
         "--prefix",
         made.path().string(),
         "--prefer-offline",
         "--no-audit",
         "--no-fund"});
    if (!fs::exists(made.path() / "node_modules/@sigstore/verify/dist/tlog/merkle.js")) {
      MESSAGE("Skipped: npm could not install what package.json names: ", installed);
      return;
    }
    const auto check = (made.path() / "check.mjs").string();

    const Given large{70'000};
    const auto at_large = large.folder.path().string();
    // Its addresses of bundles are of three digits here, and there are 274 of them.
    CHECK(says({node.string(), check, at_large, large.log.key.vkey()}, "RIGHT: 10 inclusion"));

    const Given given{600};
    const std::vector<std::string> command{
        node.string(), check, given.folder.path().string(), given.log.key.vkey()};
    REQUIRE(says(command, "RIGHT: 6 inclusion proofs"));
    const auto at = given.folder.path();
    const auto proof = at / "proofs/256.tlog-proof";
    const auto text = read(proof);
    const auto bit_of = [&](std::string_view place, std::size_t behind) {
      return 8 * (text.find(place) + place.size() + behind);
    };
    const std::vector<std::pair<fs::path, std::size_t>> places{
        {at / "tile/entries/001", 8 * 20 + 3},                     // a commit's hash or time
        {proof, bit_of("index 25", 0)},                            // the order
        {proof, bit_of("index 256\n", 5)},                         // a hash of the path
        {proof, bit_of("\n600\n", 5)},                             // the root
        {proof, bit_of("log.example.com/construct/0badcafe ", 9)}  // the signature
    };
    for (const auto& [path, bit] : places) {
      CAPTURE(path);
      CAPTURE(bit);
      const Flipped flipped{path, bit};
      CHECK(says(command, "WRONG"));
    }
  }
}
