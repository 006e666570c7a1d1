// A message of the log's stream, which whoever gets at the server may have written: it is followed
// as the next block of the chain that it says it is of, and its commits are folded, as the first of
// a log and as later ones. They are refused whole, or every fact of them can be shown.

#include <nlohmann/json.hpp>

#include "domain/fold/fold.hpp"
#include "schemas/json.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using Commits = std::vector<construct::StoredCommit>;

// Shows every fact that it is given, as auditors see it.
class Shown final : public fold::Fold {
 public:
  void apply(const fold::CommitView& commit, fold::Batch&) override {
    construct::Commit content, again;
    decode(commit.bytes, content);
    decode(encode(content), again);
    fuzz::require(again == content, "a commit is the same when it is written again");
    fuzz::require(content.facts.size() == commit.facts.size(), "a commit has as many facts");
    for (const auto& fact : commit.facts) show(fact);
    ++commits;
  }
  std::size_t commits = 0;

 private:
  static void show(const fold::FactView& fact) {
    std::string json;
    try {
      schemas::write_json(json, *schemas::platform().table(fact.type), fact.data);
    } catch (const schemas::Corrupt&) {
      return;
    }
    fuzz::require(nlohmann::json::accept(json), "a fact is shown as JSON");
  }
};

// The end of the chain that a block is the next of, by what it says.
fold::Head before(const construct::Block& block) {
  fold::Head head{.epoch = block.epoch, .next = block.first_commit};
  std::copy_n(
      block.previous.data.begin(),
      std::min(block.previous.data.size(), head.hash.size()),
      head.hash.begin());
  return head;
}

// Whether the message is part of the log. Whatever else is wrong with a block of a format that this
// build does not know, it is a newer one that tells.
bool followed(fold::Head& head, const fold::Message& message) {
  try {
    return fold::follow(head, message);
  } catch (const fold::NewerBuildNeeded&) {
    return false;
  }
}

void fold_them(const Commits& commits) {
  fold::NoStore nothing;
  Shown shown;
  fold::Runner runner{nothing, shown, [](const auto&, const auto&) {}};
  try {
    runner.apply({{1, fold::make_block({}, 1, commits)}});
    fuzz::require(shown.commits == commits.size(), "every commit of a block is folded");
  } catch (const std::runtime_error&) {  // NewerBuildNeeded and Corrupt among them
    fuzz::require(runner.cursor() == fold::Cursor{}, "nothing is kept of what is refused");
  }
}

construct::StoredCommit genesis() {
  construct::LogStarted started;
  started.deployment = "fuzzed";
  started.incarnation = "00000000";
  started.format = fold::log_format;
  construct::Commit commit;
  commit.command = "StartLog";
  commit.facts.push_back(
      {.aggregate = "construct/Log/fuzzed",
       .version = 1,
       .type = std::string{construct::LogStarted::type_name},
       .data = {encode(started)}});
  return {.bytes = {encode(commit)}};
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fold::Message message{1, std::string{fuzz::text(data, size)}};
  construct::Block block;
  try {
    decode(message.data, block);
  } catch (const schemas::Corrupt&) {
    fold::Head head;
    const bool valid = followed(head, message);
    fuzz::require(
        valid || head == fold::Head{.sequence = 1}, "a stray moves nothing but the sequence");
    return 0;
  }
  auto head = before(block);
  followed(head, message);
  fold_them(block.commits);
  block.commits.insert(block.commits.begin(), genesis());
  fold_them(block.commits);
  return 0;
}
