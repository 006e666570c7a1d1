#include "replay/verify/witness.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "replay/verify/proof.hpp"
#include "schemas/notation.hpp"

namespace verify {
namespace {

constexpr std::string_view plain = "text/plain; charset=utf-8";
constexpr std::size_t proof_lines_most = 63;

struct Request {
  std::uint64_t old_size = 0;
  std::vector<Digest> proof;
  Note note;
  Checkpoint checkpoint;
  std::string bytes;  // of the note
};

Request parse_request(std::string_view body) {
  constexpr std::string_view old_word = "old ";
  const auto first = body.substr(0, body.find('\n'));
  const auto size = first.starts_with(old_word)
                        ? schemas::parse_unsigned(first.substr(old_word.size()))
                        : std::nullopt;
  if (!size || first.size() == body.size())
    throw NotVerified("the first line is not \"old <size>\"");
  body.remove_prefix(first.size());
  const auto end = body.find("\n\n");
  if (end == std::string_view::npos)
    throw NotVerified("there is no checkpoint behind an empty line");
  Request request{*size, {}, {}, {}, std::string{body.substr(end + 2)}};
  request.proof = parse_hashes(end == 0 ? std::string_view{} : body.substr(1, end));
  if (request.proof.size() > proof_lines_most) throw NotVerified("the proof has too many lines");
  request.note = parse_note(request.bytes);
  request.checkpoint = parse_checkpoint(request.note.text);
  return request;
}

Witness::Answer refuse(unsigned status, std::string why) {
  return {status, plain, std::move(why) + '\n'};
}

}  // namespace

Witness::Answer Witness::add_checkpoint(std::string_view body) {
  Request request;
  try {
    request = parse_request(body);
  } catch (const NotVerified& why) {
    return refuse(400, why.what());
  }
  const auto& asked = request.checkpoint;
  bool known = false, trusted = false;
  try {
    for (const auto& log : logs_.logs()) {
      if (log.key.name != asked.origin) continue;
      known = true;
      trusted |= find_signature(request.note, log.key).has_value();
    }
  } catch (const NotVerified& why) {
    return refuse(403, why.what());
  }
  if (!known) return refuse(404, asked.origin + " is no log that this witness knows");
  if (!trusted) return refuse(403, "no key of the log has signed the checkpoint");
  if (request.old_size > asked.size)
    return refuse(400, "the old size is larger than the checkpoint's");

  const std::lock_guard lock{mutex_};
  Checkpoint last{asked.origin, 0, Growing{}.root()};
  if (const auto kept = memory_.load(asked.origin)) last = checkpoint_in(*kept);
  if (request.old_size != last.size)
    return {409, "text/x.tlog.size", std::to_string(last.size) + '\n'};
  if (last.size == asked.size && last.root != asked.root)
    return refuse(409, "another root of this size was signed before");
  if (!consistent(last.size, last.root, asked.size, asked.root, request.proof))
    return refuse(422, "the proof does not lead from the one checkpoint to the other");
  const auto line = cosign_(request.note.text);
  memory_.store(asked.origin, request.bytes + line);
  return {200, plain, line};
}

Witness::Answer Witness::checkpoint(std::string_view origin_hash) {
  for (const auto& log : logs_.logs())
    if (kernel::to_hex(kernel::text(kernel::sha256(log.key.name))) == origin_hash) {
      const std::lock_guard lock{mutex_};
      if (auto kept = memory_.load(log.key.name)) return {200, plain, std::move(*kept)};
    }
  return refuse(404, "no such log's checkpoint was signed here");
}

}  // namespace verify
