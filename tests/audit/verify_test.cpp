// The auditor's verifier: it accepts what is right and, whatever single bit is another, nothing
// else.
#include <random>

#include "replay/verify/events.hpp"
#include "replay/verify/log.hpp"
#include "replay/verify/proof.hpp"
#include "replay/verify/verbs.hpp"
#include "schemas/notation.hpp"
#include "tests/audit/forest.hpp"
#include "tests/support/seed.hpp"

namespace {

namespace fs = std::filesystem;
using verify::Result;

std::string read(const fs::path& path) { return verify::read_whole(path); }
void write(const fs::path& path, const std::string& bytes) {
  std::ofstream{path, std::ios::binary} << bytes;
}

// A log of 600 commits, mirrored.
struct Mirrored {
  forest::Log log;
  support::TemporaryFolder folder;
  verify::Mirror mirror{folder.path()};
  Mirrored() {
    log.grow(600);
    forest::mirror(log, folder.path());
  }
  verify::Report verify_all(const verify::LogOptions& options = {}) const {
    return verify::verify_log(mirror, forest::policy_of(log), options);
  }
  Result result() const { return verify_all().result(); }

  std::string proof(std::uint64_t index) const {
    std::string text = "c2sp.org/tlog-proof@v1\nindex " + std::to_string(index) + '\n';
    for (const auto& hash : audit::Tree{log.store}.inclusion(index, log.commits.size()))
      text += schemas::to_base64(kernel::text(hash)) + '\n';
    return text + '\n' + log.sign();
  }
};

std::string flipped(std::string bytes, std::size_t bit) {
  bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
  return bytes;
}

}  // namespace

TEST_SUITE("verify: notes") {
  TEST_CASE("published notes are read as they were meant") {
    // golang/mod, sumdb/note, the example of its documentation.
    const auto key =
        verify::parse_vkey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    REQUIRE(key);
    const std::string note =
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n\n"
        "\u2014 PeterNeumann "
        "x08go/ZJkuBS9UG/"
        "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    const auto believed = [&](const std::string& bytes) {
      try {
        return verify::find_signature(verify::parse_note(bytes), *key).has_value();
      } catch (const verify::NotVerified&) {
        return false;
      }
    };
    CHECK(believed(note));
    for (std::size_t bit = 0; bit < 8 * note.size(); ++bit)
      CHECK_FALSE(believed(flipped(note, bit)));
  }

  TEST_CASE("unknown signatures are passed over, a bad one of a known key spoils the note") {
    forest::Log log;
    log.grow(3);
    const auto note = log.sign();
    const audit::Key other{audit::Signer::log, "other.example.com", std::string(32, '\x09')};
    const auto body = note.substr(0, note.find("\n\n") + 1);
    const auto line = [&](const audit::Key& by, const std::string& text) {
      const auto made = by.sign(text);
      return made.substr(made.find("\n\n") + 2);
    };
    const auto policy = forest::policy_of(log);
    CHECK_NOTHROW(policy.judge(verify::parse_note(note)));
    CHECK_NOTHROW(policy.judge(verify::parse_note(note + line(other, "anything\n"))));
    CHECK_THROWS_AS(
        policy.judge(verify::parse_note(note + line(log.key, "anything\n"))), verify::NotVerified);
    CHECK_THROWS_AS(
        policy.judge(verify::parse_note(body + '\n' + line(other, body))), verify::NotVerified);
    auto many = note;
    for (int i = 0; i < 20; ++i) many += line(other, std::to_string(i) + '\n');
    CHECK_NOTHROW(policy.judge(verify::parse_note(many)));
  }

  TEST_CASE("what could be read in two ways is no note, no checkpoint, no key and no proof") {
    forest::Log log;
    log.grow(3);
    const auto note = log.sign();
    for (const auto& wrong :
         {std::string{},
          std::string{"\n\n"},
          note.substr(0, note.size() - 1),
          note + '\n',
          note.substr(0, note.find("\n\n") + 2),
          "\r\n" + note,
          note + "\u2014 a b\n",
          note + "- a Zm9vYmE=\n",
          "\xff" + note})
      CHECK_THROWS_AS(verify::parse_note(wrong), verify::NotVerified);
    for (const auto* wrong :
         {"",
          "a\n",
          "a\n1\n",
          "a\n01\nAAAA\n",
          "a\n1\nAAAA\n",
          "\n1\nAAAA\n",
          "a\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
          "a\n18446744073709551616\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"})
      CHECK_THROWS_AS(verify::parse_checkpoint(wrong), verify::NotVerified);
    const auto vkey = log.key.vkey();
    CHECK(verify::parse_vkey(vkey));
    for (const auto& wrong :
         {std::string{},
          std::string{"a"},
          std::string{"a+b+c"},
          vkey + "A",
          ' ' + vkey,
          vkey.substr(1),
          flipped(vkey, 8 * (vkey.find('+') + 1))})
      CHECK_FALSE(verify::parse_vkey(wrong));
    for (const auto* wrong :
         {"",
          "c2sp.org/tlog-proof@v2\n",
          "c2sp.org/tlog-proof@v1\nindex 01\n\nx\n",
          "c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nx\n",
          "c2sp.org/tlog-proof@v1\nindex 1\n"})
      CHECK_THROWS_AS(verify::parse_proof(wrong), verify::NotVerified);
    // Sizes that no tree has yet are numbers all the same.
    CHECK(
        verify::parse_checkpoint(
            "a\n18446744073709551615\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")
            .size == ~std::uint64_t{0});
  }

  TEST_CASE("a key is what it is written as") {
    const audit::Key key{audit::Signer::witness, "witness.example.com/w1", forest::seed};
    const auto read = audit::Key::parse(key.skey() + '\n');
    REQUIRE(read);
    CHECK(read->vkey() == key.vkey());
    CHECK(verify::parse_vkey(key.vkey())->kind == verify::Kind::witness);
    for (const auto& wrong :
         {std::string{},
          key.vkey(),
          key.skey() + "x",
          key.skey().substr(1),
          flipped(key.skey(), 8 * key.skey().size() - 20)})
      CHECK_FALSE(audit::Key::parse(wrong));
    for (const auto* name : {"", "a b", "a+b", "a\n"})
      CHECK_THROWS_AS((audit::Key{audit::Signer::log, name, forest::seed}), std::invalid_argument);
  }
}

TEST_SUITE("verify: policies") {
  const audit::Key one{audit::Signer::witness, "w.example.com/1", std::string(32, '\x01')};
  const audit::Key two{audit::Signer::witness, "w.example.com/2", std::string(32, '\x02')};
  const audit::Key three{audit::Signer::witness, "w.example.com/3", std::string(32, '\x03')};

  TEST_CASE("a quorum is there when its groups say so") {
    forest::Log log;
    log.grow(3);
    const auto note = log.sign();
    const auto body = note.substr(0, note.find("\n\n") + 1);
    const auto policy = verify::Policy::parse(
        "# whom we trust\n\nlog " + log.key.vkey() + " https://log.example.com\n" + "witness one " +
        one.vkey() + " http://w1\n\twitness two " + two.vkey() + "\nwitness three " + three.vkey() +
        "\ngroup pair 2 one two\ngroup all-of-them all pair three\nquorum all-of-them\n");
    const auto quorum = [&](const std::vector<const audit::Key*>& by) {
      auto signed_note = note;
      for (const auto* key : by) signed_note += key->cosign(body, 1'795'000'000);
      return policy.judge(verify::parse_note(signed_note)).witnessed.quorum;
    };
    CHECK(quorum({&one, &two, &three}));
    CHECK_FALSE(quorum({&one, &three}));
    CHECK_FALSE(quorum({&one, &two}));
    CHECK_FALSE(quorum({&three, &three, &one, &one}));
    CHECK_FALSE(quorum({}));
    // The time is part of what is signed.
    auto line =
        verify::parse_signature(one.cosign(body, 7).substr(0, one.cosign(body, 7).size() - 1));
    CHECK(verify::cosigned_at(line) == 7);
    line.bytes[7] = 8;
    CHECK_THROWS_AS(policy.judge(verify::parse_note(note + line.line())), verify::NotVerified);
  }

  TEST_CASE("a policy that is none says in which line") {
    const auto log = "log " + audit::Key{audit::Signer::log, "l", forest::seed}.vkey() + '\n';
    const auto witness = "witness one " + one.vkey() + '\n';
    for (const auto& [text, said] : std::vector<std::pair<std::string, std::string>>{
             {"", "no quorum"},
             {log, "no quorum"},
             {log + log + "quorum none\n", "line 2"},
             {log + "quorum nobody\n", "line 2"},
             {"log nokey\nquorum none\n", "line 1"},
             {"log " + one.vkey() + "\nquorum none\n", "line 1"},
             {witness + witness + "quorum one\n", "line 2"},
             {witness + "group g 2 one\nquorum g\n", "line 2"},
             {witness + "group g 0 one\nquorum g\n", "line 2"},
             {witness + "group g any one one\nquorum g\n", "line 2"},
             {witness + "group g any one\ngroup h any one\nquorum h\n", "line 3"},
             {witness + "group none any one\nquorum one\n", "line 2"},
             {"quorum none\nquorum none\n", "line 2"},
             {"nonsense\n", "line 1"},
             {"# \x01\nquorum none\n", "line 1"}})
      CHECK_THROWS_WITH_AS(
          verify::Policy::parse(text), doctest::Contains(said.c_str()), verify::Usage);
  }
}

TEST_SUITE("verify: a whole log") {
  TEST_CASE_FIXTURE(Mirrored, "a true copy is verified, and told of check by check") {
    const auto report = verify_all();
    CHECK(report.result() == Result::verified);
    const auto text = verify::to_text(report);
    CAPTURE(text);
    CHECK(text.find("the entries of 600 commits have the signed root") != std::string::npos);
    CHECK(text.find("the bytes of 600 commits") != std::string::npos);
    CHECK(text.ends_with("VERIFIED\n"));
    CHECK(verify::to_json(report).starts_with(R"({"result":"verified","checks":[{)"));
  }

  TEST_CASE_FIXTURE(Mirrored, "any flipped bit of any file of it is found") {
    std::mt19937 random{static_cast<unsigned>(support::seed())};
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator{folder.path()}) {
      if (!entry.is_regular_file()) continue;
      ++files;
      const auto bytes = read(entry.path());
      for (int i = 0; i < 12; ++i) {
        const auto bit = random() % (8 * bytes.size());
        write(entry.path(), flipped(bytes, bit));
        CAPTURE(entry.path());
        CAPTURE(bit);
        CHECK(result() == Result::not_verified);
      }
      write(entry.path(), bytes);
    }
    CHECK(files > 8);
    CHECK(result() == Result::verified);
  }

  TEST_CASE_FIXTURE(Mirrored, "commits that changed places, or are not there, are found") {
    const auto path = folder.path() / "commits";
    const auto all = read(path);
    const auto size = [&](int number) {
      return 4 + log.commits[static_cast<std::size_t>(number)].size();
    };
    std::swap_ranges(log.commits.begin() + 10, log.commits.begin() + 11, log.commits.begin() + 15);
    std::string swapped;
    for (const auto& commit : log.commits)
      swapped.append(fold::ordered(commit.size()).substr(4)).append(commit);
    write(path, swapped);
    CHECK(verify::to_text(verify_all()).find("commit 10") != std::string::npos);
    CHECK(result() == Result::not_verified);
    write(path, all.substr(size(0)));
    CHECK(result() == Result::not_verified);
    // What is missing at the end is missing, and nothing is said of the rest.
    write(path, all.substr(0, all.size() - size(599)));
    CHECK(result() == Result::incomplete);
    fs::remove(path);
    CHECK(result() == Result::incomplete);
    CHECK(verify_all({.commits = false, .since = {}}).result() == Result::verified);
  }

  TEST_CASE_FIXTURE(Mirrored, "what is missing is never reported as verified") {
    SUBCASE("a tile") { fs::remove(folder.path() / "tile/0/001"); }
    SUBCASE("a part of one") { fs::remove_all(folder.path() / "tile/0/002.p"); }
    SUBCASE("entries") { fs::remove(folder.path() / "tile/entries/000"); }
    SUBCASE("the checkpoint") { fs::remove(folder.path() / "checkpoint"); }
    CHECK(result() == Result::incomplete);
  }

  TEST_CASE_FIXTURE(Mirrored, "it continues what was seen before, or that is said") {
    forest::Log before;
    before.grow(333);
    const auto seen = before.sign();
    CHECK(verify_all({.commits = true, .since = seen}).result() == Result::verified);
    CHECK(verify_all({.commits = true, .since = log.sign()}).result() == Result::verified);
    CHECK(
        verify::verify_consistency(seen, log.sign(), mirror, forest::policy_of(log)).result() ==
        Result::verified);
    CHECK(
        verify::verify_consistency(log.sign(), seen, mirror, forest::policy_of(log)).result() ==
        Result::not_verified);
    const auto other =
        log.key.sign(audit::body_of({log.key.name(), 333, audit::Tree{log.store}.root(334)}));
    CHECK(verify_all({.commits = true, .since = other}).result() == Result::not_verified);
    CHECK(
        verify::verify_consistency(other, log.sign(), mirror, forest::policy_of(log)).result() ==
        Result::not_verified);
    log.grow(700);
    CHECK(verify_all({.commits = true, .since = log.sign()}).result() == Result::not_verified);
  }

  TEST_CASE_FIXTURE(Mirrored, "two histories of one size, both signed, are evidence") {
    const auto policy = forest::policy_of(log);
    const auto other =
        log.key.sign(audit::body_of({log.key.name(), 600, audit::Tree{log.store}.root(599)}));
    CHECK(verify::compare(log.sign(), log.sign(), policy).result() == Result::verified);
    const auto found = verify::compare(log.sign(), other, policy);
    CHECK(found.result() == Result::not_verified);
    CHECK(verify::to_text(found).find("two different histories of 600") != std::string::npos);
    forest::Log shorter;
    shorter.grow(5);
    CHECK(verify::compare(log.sign(), shorter.sign(), policy).result() == Result::incomplete);
    // Nobody can make evidence up.
    const audit::Key forger{audit::Signer::log, log.key.name(), std::string(32, '\x09')};
    CHECK(
        verify::compare(log.sign(), forger.sign(audit::body_of({log.key.name(), 600, {}})), policy)
            .checks.back()
            .name == "second");
  }
}

TEST_SUITE("verify: a proof") {
  TEST_CASE_FIXTURE(Mirrored, "it is of one commit, and any flipped bit of it is found") {
    const auto policy = forest::policy_of(log);
    for (const auto index : {0, 1, 255, 256, 511, 512, 599}) {
      const auto& commit = log.commits[static_cast<std::size_t>(index)];
      const auto text = proof(static_cast<std::uint64_t>(index));
      CHECK(verify::verify_proof(text, commit, policy).result() == Result::verified);
      CHECK(verify::verify_proof(text, log.commits[7], policy).result() == Result::not_verified);
    }
    const auto text = proof(256);
    for (std::size_t bit = 0; bit < 8 * text.size(); ++bit) {
      CAPTURE(bit);
      CHECK(
          verify::verify_proof(flipped(text, bit), log.commits[256], policy).result() ==
          Result::not_verified);
    }
    for (std::size_t bit = 0; bit < 8 * log.commits[256].size(); ++bit)
      CHECK(
          verify::verify_proof(text, flipped(log.commits[256], bit), policy).result() ==
          Result::not_verified);
  }
}

TEST_SUITE("verify: the verb") {
  TEST_CASE_FIXTURE(Mirrored, "it ends with the status that says what was found") {
    const auto policy = (folder.path() / "policy.txt").string();
    write(policy, "log " + log.key.vkey() + "\nquorum none\n");
    const auto proof_file = (folder.path() / "p.tlog-proof").string();
    const auto commit_file = (folder.path() / "c.bin").string();
    write(proof_file, proof(5));
    write(commit_file, log.commits[5]);
    const auto at = folder.path().string();
    CHECK(verify::run({"log", at, "--policy", policy}) == 0);
    CHECK(verify::run({"log", at, "--policy", policy, "--json"}) == 0);
    CHECK(verify::run({"proof", proof_file, "--commit", commit_file, "--policy", policy}) == 0);
    write(commit_file, log.commits[6]);
    CHECK(verify::run({"proof", proof_file, "--commit", commit_file, "--policy", policy}) == 1);
    CHECK(verify::run({"log", at}) == 2);
    CHECK(verify::run({"log", at + "/nowhere", "--policy", policy}) == 2);
    CHECK(verify::run({"log", at, "--policy", at + "/nowhere"}) == 2);
    CHECK(verify::run({"log", at, "--policy", policy, "--wings", "2"}) == 2);
    CHECK(verify::run({"log", "--policy", policy}) == 2);
    CHECK(verify::run({"fly", at}) == 2);
    CHECK(verify::run({}) == 2);
    fs::remove(folder.path() / "tile/0/001");
    CHECK(verify::run({"log", at, "--policy", policy}) == 3);
  }
}
