// The tree that is kept, against the one that auditors recompute, and against what is published.
#include <random>

#include "replay/verify/merkle.hpp"
#include "replay/verify/proof.hpp"
#include "tests/audit/forest.hpp"
#include "tests/support/seed.hpp"

namespace {

using kernel::Digest;
using kernel::to_hex;

std::string hex(const Digest& digest) { return to_hex(kernel::text(digest)); }

// RFC 6962's own definition of a tree's hash.
Digest defined(std::span<const Digest> leaves) {
  if (leaves.empty()) return kernel::sha256("");
  if (leaves.size() == 1) return leaves.front();
  std::size_t left = 1;
  while (2 * left < leaves.size()) left *= 2;
  return verify::parent_of(defined(leaves.first(left)), defined(leaves.subspan(left)));
}

std::vector<Digest> leaves_of(const forest::Log& log) {
  std::vector<Digest> leaves;
  for (std::uint64_t i = 0; i < log.commits.size(); ++i)
    leaves.push_back(verify::leaf_of(verify::to_bytes(verify::entry_of(i, log.commits[i]))));
  return leaves;
}

}  // namespace

TEST_SUITE("audit: the tree") {
  TEST_CASE("hashes are those that are published for RFC 6962") {
    // google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc.
    const std::vector<std::string> inputs{
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f"};
    const std::vector<std::string> roots{
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
    CHECK(
        hex(verify::Growing{}.root()) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    verify::Growing tree;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const auto bytes = kernel::from_hex(inputs[i]).value();
      CHECK(audit::leaf_hash(bytes) == verify::leaf_of(bytes));
      tree.add(verify::leaf_of(bytes));
      CHECK(hex(tree.root()) == roots[i]);
    }
    // transparency-dev/merkle, rfc6962/rfc6962_test.go.
    CHECK(
        hex(audit::leaf_hash("L123456")) ==
        "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
  }

  TEST_CASE("an entry is 53 bytes of number, time, length and hash") {
    const auto commit = encode(forest::Log::content(258));
    const auto entry = audit::entry_of(258, forest::Log::content(258).at, commit);
    CHECK(entry.size() == audit::entry_size);
    CHECK(to_hex(entry.substr(0, 9)) == "020000000000000102");
    CHECK(entry == verify::to_bytes(verify::entry_of(258, commit)));
    CHECK(verify::parse_entry(entry) == verify::entry_of(258, commit));
    CHECK_THROWS_AS(verify::parse_entry(entry.substr(1)), verify::NotVerified);
    CHECK_THROWS_AS(verify::entry_of(1, "no commit"), verify::NotVerified);
  }

  TEST_CASE("at every size up to 600, however it is batched, the root is as RFC 6962 defines it") {
    std::mt19937 random{static_cast<unsigned>(support::seed())};
    forest::Log log;
    for (std::uint64_t size = 1; size <= 600; ++size) {
      log.grow(size);
      const auto leaves = leaves_of(log);
      const auto root = defined(leaves);
      CHECK(audit::Tree{log.store}.root(size) == root);
      // Older sizes are still there to be proven.
      const auto old_size = 1 + random() % size, index = random() % size;
      const auto old_root = defined(std::span{leaves}.first(old_size));
      const audit::Tree tree{log.store};
      CHECK(tree.root(old_size) == old_root);
      CHECK(verify::included(leaves[index], index, size, tree.inclusion(index, size), root));
      CHECK(verify::consistent(old_size, old_root, size, root, tree.consistency(old_size, size)));
    }
  }

  TEST_CASE("tiles fill, close and open where 256 and 65,536 are passed") {
    forest::Log log;
    verify::Growing expected;
    for (const std::uint64_t size : {255, 256, 257, 511, 512, 65'535, 65'536, 65'537, 70'000}) {
      log.grow(size, 500);
      for (auto i = expected.size(); i < size; ++i)
        expected.add(verify::leaf_of(verify::to_bytes(verify::entry_of(i, log.commits[i]))));
      const auto root = expected.root();
      const audit::Tree tree{log.store};
      CHECK(tree.root(size) == root);
      for (const std::uint64_t index : {std::uint64_t{0}, size / 2, size - 1})
        CHECK(verify::included(
            verify::leaf_of(verify::to_bytes(verify::entry_of(index, log.commits[index]))),
            index,
            size,
            tree.inclusion(index, size),
            root));
    }
    // As c2sp.org/tlog-tiles counts them for 70,000.
    std::map<int, std::vector<std::size_t>> widths;
    log.store.scan(audit::Families::tiles, "", "", [&](auto key, auto value) {
      widths[key[0]].push_back(value.size() / audit::hash_size);
      return true;
    });
    CHECK(widths[0].size() == 274);
    CHECK(widths[0].back() == 112);
    CHECK(widths[1] == std::vector<std::size_t>{256, 17});
    CHECK(widths[2] == std::vector<std::size_t>{1});
  }

  TEST_CASE("whoever folds the same log stores the same bytes, and one that was killed goes on") {
    forest::Log one;
    one.grow(1'000, 7);
    simulation::MemoryStore other;
    std::size_t at = 0;
    while (at < one.messages.size()) {  // begun anew after every few blocks
      audit::TreeFold tree{other};
      fold::Runner runner{other, tree, [](const auto&, const auto&) {}};
      for (int i = 0; i < 10 && at < one.messages.size(); ++i) runner.apply({one.messages[at++]});
    }
    for (const auto family :
         {audit::Families::tiles, audit::Families::entries, audit::Families::meta})
      one.store.scan(family, "", "", [&](auto key, auto value) {
        CHECK(other.get(family, key) == value);
        return true;
      });
    CHECK(other.get(audit::Families::meta, audit::log_key) == "construct/0badcafe");
  }

  TEST_CASE("proofs prove nothing else") {
    forest::Log log;
    log.grow(300);
    const audit::Tree tree{log.store};
    const auto leaves = leaves_of(log);
    const auto root = tree.root(300), old_root = tree.root(200);
    const auto path = tree.inclusion(100, 300);
    const auto proof = tree.consistency(200, 300);
    CHECK_FALSE(verify::included(leaves[101], 100, 300, path, root));
    CHECK_FALSE(verify::included(leaves[100], 101, 300, path, root));
    CHECK_FALSE(verify::included(leaves[100], 100, 128, path, root));
    CHECK_FALSE(verify::included(leaves[100], 300, 300, path, root));
    CHECK_FALSE(verify::consistent(199, old_root, 300, root, proof));
    CHECK_FALSE(verify::consistent(200, root, 300, old_root, proof));
    CHECK_FALSE(verify::consistent(200, old_root, 300, root, std::span{proof}.subspan(1)));
    for (std::size_t i = 0; i < path.size(); ++i)
      for (const int bit : {0, 7, 128, 255}) {
        auto forged = path;
        forged[i].at(static_cast<std::size_t>(bit) / 8) ^= static_cast<std::uint8_t>(1 << bit % 8);
        CHECK_FALSE(verify::included(leaves[100], 100, 300, forged, root));
      }
    for (std::size_t i = 0; i < proof.size(); ++i) {
      auto forged = proof;
      forged[i][0] ^= 1;
      CHECK_FALSE(verify::consistent(200, old_root, 300, root, forged));
    }
  }
}

TEST_SUITE("audit: before a checkpoint is signed") {
  TEST_CASE("the new part is worked out anew, from any size to any other") {
    forest::Log log;
    log.grow(700, 33);
    const audit::Tree tree{log.store};
    for (const std::uint64_t before : {0, 1, 2, 255, 256, 257, 512, 699, 700})
      for (const std::uint64_t size : {700, 699, 512, 300, 256, 1})
        if (before <= size)
          CHECK(
              audit::grown_root(log.store, {"", before, tree.root(before)}, size) ==
              tree.root(size));
  }

  TEST_CASE("whatever is changed in the store, nothing is signed over it") {
    forest::Log log;
    log.grow(700, 33);
    const audit::Checkpoint last{"", 300, audit::Tree{log.store}.root(300)};
    const auto flip = [&](fold::Family family, const std::string& key, std::size_t at) {
      auto bytes = log.store.get(family, key).value();
      bytes.at(at) = static_cast<char>(bytes[at] ^ 4);
      log.store.write({{family, key, bytes}});
    };
    SUBCASE("an entry") { flip(audit::Families::entries, fold::ordered(1), 100 * 55 + 30); }
    SUBCASE("an entry's number") { flip(audit::Families::entries, fold::ordered(2), 2 + 8); }
    SUBCASE("a leaf behind what was signed") {
      flip(audit::Families::tiles, audit::tile_key(0, 1), 200 * 32);
    }
    SUBCASE("a leaf in what was signed") {
      flip(audit::Families::tiles, audit::tile_key(0, 1), 40 * 32);
    }
    SUBCASE("a hash of a full tile that was signed") {
      flip(audit::Families::tiles, audit::tile_key(1, 0), 0);
    }
    SUBCASE("a hash of a full tile that was not") {
      flip(audit::Families::tiles, audit::tile_key(1, 0), 33);
    }
    SUBCASE("a tile is gone") {
      log.store.write({{audit::Families::tiles, audit::tile_key(0, 2), std::nullopt}});
    }
    CHECK_THROWS_AS(audit::grown_root(log.store, last, 700), audit::Refused);
  }

  TEST_CASE("a log that is another one than the tree was made of is found by the commit") {
    forest::Log log;
    log.grow(600, 50);
    const auto read = [&](const std::vector<fold::Message>& messages) {
      audit::LogCheck check{log.store, 600};
      fold::NoStore nothing;
      fold::Runner runner{nothing, check, [](const auto&, const auto&) {}};
      runner.apply(messages);
      return runner.cursor().head.next;
    };
    CHECK(read(log.messages) == 600);
    // Somebody rewrites commit 333, and every block behind it so that the chain holds.
    auto commits = log.commits;
    auto content = forest::Log::content(333);
    content.actor = "bob";
    commits[333] = encode(content);
    fold::Head head;
    std::vector<fold::Message> forged;
    for (std::size_t at = 0; at < commits.size(); at += 50) {
      std::vector<construct::StoredCommit> stored(50);
      for (std::size_t i = 0; i < 50; ++i) stored[i].bytes.data = commits[at + i];
      forged.push_back({forged.size() + 1, fold::make_block(head, 1, std::move(stored))});
      REQUIRE(fold::follow(head, forged.back()));
      head.last_commit_at = forest::Log::content(at + 49).at;
    }
    CHECK_THROWS_WITH_AS(read(forged), doctest::Contains("commit 333"), audit::Refused);
    // Without rewriting what follows, the chain ends.
    auto cut = log.messages;
    cut.erase(cut.begin() + 4);
    CHECK(read(cut) == 200);
  }
}
