#include "gateways/cli/audit/witnesses.hpp"

#include <fmt/format.h>

#include <future>

#include "gateways/cli/config.hpp"
#include "gateways/cli/data_folder.hpp"
#include "replay/verify/note.hpp"
#include "schemas/notation.hpp"

namespace cli {
namespace {

constexpr std::chrono::seconds patience{3};
constexpr int rounds = 2;  // the first may only tell where the witness stands

verify::Policy read_policy(const std::filesystem::path& path) {
  try {
    return verify::Policy::parse(read_file(path));
  } catch (const verify::Usage& why) {
    throw UsageError(fmt::format("{}: {}", path.string(), why.what()));
  }
}

}  // namespace

struct Witnesses::Asked {
  const verify::Trusted& who;
  outbound::HttpClient client;
  std::uint64_t size = 0;  // of what it has signed last, as far as we know
  std::string line;        // its signature of what is asked for now
};

Witnesses::Witnesses(const std::filesystem::path& policy) : policy_{read_policy(policy)} {
  for (const auto& witness : policy_.witnesses()) {
    const auto base = outbound::parse_url(witness.url);
    if (!base)
      throw UsageError(fmt::format(
          "{}: the witness {} has no address such as http://10.9.0.9:8080; add it behind its key",
          policy.string(),
          witness.name));
    asked_.push_back(std::unique_ptr<Asked>{new Asked{
        witness, {loop_, {.base = *base, .time_out = patience, .connections = 1}}, 0, {}}});
  }
}

Witnesses::~Witnesses() = default;

Witnesses::Answer Witnesses::ask(const std::string& note, std::uint64_t size, const Proof& proof) {
  std::vector<Asked*> open;
  for (const auto& witness : asked_) {
    witness->line.clear();
    open.push_back(witness.get());
  }
  for (int round = 0; round < rounds && !open.empty(); ++round) {
    std::erase_if(open, [&](const Asked* witness) { return witness->size > size; });
    ask_once(open, note, proof);
    std::erase_if(open, [](const Asked* witness) { return !witness->line.empty(); });
  }
  Answer answer{note, {}, false};
  for (const auto& witness : asked_) {
    answer.note += witness->line;
    if (witness->line.empty())
      answer.missing.push_back(witness->who.name);
    else
      witness->size = size;
  }
  answer.quorum = policy_.witnessed(verify::parse_note(answer.note)).quorum;
  return answer;
}

// All of them at once.
void Witnesses::ask_once(std::vector<Asked*>& asked, const std::string& note, const Proof& proof) {
  const auto parsed = verify::parse_note(note);
  std::vector<std::future<std::optional<outbound::HttpAnswer>>> answers;
  for (auto* witness : asked) {
    auto promise = std::make_shared<std::promise<std::optional<outbound::HttpAnswer>>>();
    answers.push_back(promise->get_future());
    witness->client.ask(
        {.method = "POST",
         .path = "/add-checkpoint",
         .body = fmt::format("old {}\n{}\n{}", witness->size, proof(witness->size), note)},
        [promise](auto answer) { promise->set_value(std::move(answer)); });
  }
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const auto answer = answers[i].get();
    if (!answer) continue;
    if (answer->status == 200) asked[i]->line = cosignature_of(*asked[i], parsed, answer->body);
    if (answer->status != 409 || !answer->body.ends_with('\n')) continue;
    const auto size = std::string_view{answer->body}.substr(0, answer->body.size() - 1);
    asked[i]->size = schemas::parse_unsigned(size).value_or(asked[i]->size);
  }
}

// Of what it answers, the line that is its good signature; empty when there is none.
std::string Witnesses::cosignature_of(
    Asked& witness, const verify::Note& note, std::string_view lines) const try {
  while (!lines.empty()) {
    const auto line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    const auto signature = verify::parse_signature(line);
    if (verify::find_signature({note.text, {signature}}, witness.who.key)) return signature.line();
  }
  return {};
} catch (const verify::NotVerified&) {
  return {};
}

}  // namespace cli
