#include "gateways/http/api/audit_reads.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "commands/engine/streams.hpp"
#include "domain/fold/store.hpp"
#include "gateways/http/api/parameters.hpp"
#include "projections/audit/tree.hpp"
#include "schemas/notation.hpp"

namespace http {
namespace {

using audit::Families;

constexpr std::string_view note_type = "text/plain; charset=utf-8";
constexpr std::string_view bytes_type = "application/octet-stream";
constexpr std::string_view for_ever = "public, max-age=31536000, immutable";
constexpr std::string_view for_ever_in_private = "private, max-age=31536000, immutable";
// A page of commits ends before that, so that with any one of them it has less than 1 MiB.
constexpr std::size_t commits_bytes_most = std::size_t{512} * 1024;
constexpr std::string_view for_a_moment = "max-age=1, no-transform";

Response cached(std::string_view type, std::string body, std::string_view how_long) {
  Response response{.content_type = type, .body = std::move(body)};
  response.add("Cache-Control", how_long);
  return response;
}

std::uint64_t number(
    Parameters& parameters, std::string_view name, std::optional<std::uint64_t> absent) {
  const auto text = parameters.get(name);
  if (!text && absent) return *absent;
  const auto read = text ? schemas::parse_unsigned(*text) : std::nullopt;
  if (!read) parameters.fault(name, "must be a whole number, 0 or above");
  return read.value_or(0);
}

std::string lines_of(const std::vector<kernel::Digest>& hashes) {
  std::string text;
  for (const auto& hash : hashes) text += schemas::to_base64(kernel::text(hash)) + '\n';
  return text;
}

}  // namespace

std::string AuditReads::correlation(const Call& call) const {
  return correlation_of(call.request, reading_.now());
}

Response AuditReads::not_found(const Call& call, std::string detail) const {
  return refuse({.code = "not_found", .detail = std::move(detail)}, correlation(call));
}

Response AuditReads::read(const Call& call, const Use& use) const try {
  Response response;
  audit_.tree.read([&](const fold::Reads& store) {
    const auto note = store.get(Families::meta, audit::published_key);
    const auto checkpoint = note ? audit::read_checkpoint(*note) : std::nullopt;
    response = checkpoint ? use(store, {*note, *checkpoint})
                          : refuse(
                                {.code = "unavailable",
                                 .detail = "No checkpoint is signed yet; ask again in a second."},
                                correlation(call));
  });
  return response;
} catch (const std::runtime_error&) {
  return read_failed(reading_, correlation(call));
}

Response AuditReads::meta(const Call& call, std::string_view key, bool line) const {
  return read(call, [&](const fold::Reads& store, const Published&) {
    auto text = store.get(Families::meta, key).value_or("");
    if (line) text += '\n';
    return cached(note_type, std::move(text), for_a_moment);
  });
}

Response AuditReads::checkpoint(const Call& call) const {
  return meta(call, audit::published_key, false);
}
Response AuditReads::pending(const Call& call) const {
  return meta(call, audit::pending_key, false);
}
Response AuditReads::vkey(const Call& call) const { return meta(call, audit::vkey_key, true); }

Response AuditReads::checkpoints(const Call& call) const {
  Parameters parameters{call.request, {"from", "limit"}};
  const auto from = number(parameters, "from", 0);
  const auto limit = parameters.limit();
  if (auto problem = parameters.problem()) return refuse(std::move(*problem), correlation(call));
  return read(call, [&](const fold::Reads& store, const Published& published) {
    std::string text;
    std::size_t count = 0;
    store.scan(Families::checkpoints, "", fold::ordered(from), [&](auto size, auto note) {
      if (fold::from_ordered(size) > published.checkpoint.size || count++ == limit) return false;
      text.append(text.empty() ? "" : "\n").append(note);
      return true;
    });
    return cached(note_type, std::move(text), for_a_moment);
  });
}

Response AuditReads::tile(const Call& call) const {
  const auto kind = call.path[0].value;
  const auto address = parse_tile(call.path.subspan(1));
  const auto level = kind == "entries" ? 0 : schemas::parse_unsigned(kind);
  if (!address || !level || *level > 63)
    return refuse(
        {.code = "malformed",
         .detail = "A tile is /tile/<level>/<index>, or .p/<width> of one, where the index is in "
                   "groups of three digits, such as x001/x234/067."},
        correlation(call));
  return read(call, [&](const fold::Reads& store, const Published& published) {
    const auto there = *level * audit::tile_height < 64
                           ? published.checkpoint.size >> *level * audit::tile_height
                           : 0;
    if (address->index > there / audit::tile_width ||
        there - address->index * audit::tile_width < address->width)
      return not_found(
          call,
          fmt::format(
              "The checkpoint of {} commits has no such tile; ask for one that it has.",
              published.checkpoint.size));
    auto bytes =
        kind == "entries"
            ? store.get(Families::entries, fold::ordered(address->index))
            : store.get(
                  Families::tiles, audit::tile_key(static_cast<unsigned>(*level), address->index));
    const auto each = kind == "entries" ? audit::framed_entry_size : audit::hash_size;
    if (!bytes || bytes->size() < address->width * each)
      return refuse({.code = "damaged"}, correlation(call));
    bytes->resize(address->width * each);
    return cached(bytes_type, std::move(*bytes), for_ever);
  });
}

Response AuditReads::inclusion(const Call& call) const {
  Parameters parameters{call.request, {"index", "size"}};
  const auto index = number(parameters, "index", std::nullopt);
  const auto wanted = number(parameters, "size", 0);
  if (auto problem = parameters.problem()) return refuse(std::move(*problem), correlation(call));
  return read(call, [&](const fold::Reads& store, const Published& published) {
    const auto size = wanted == 0 ? published.checkpoint.size : wanted;
    if (index >= size || size > published.checkpoint.size)
      return not_found(
          call,
          fmt::format(
              "The last checkpoint has {} commits; ask for an index below its size.",
              published.checkpoint.size));
    const auto note = size == published.checkpoint.size
                          ? published.note
                          : store.get(Families::checkpoints, fold::ordered(size)).value_or("");
    if (note.empty())
      return not_found(
          call, "No checkpoint of this size was signed; take one of GET /checkpoints.");
    return cached(
        note_type,
        fmt::format(
            "c2sp.org/tlog-proof@v1\nindex {}\n{}\n{}",
            index,
            lines_of(audit::Tree{store}.inclusion(index, size)),
            note),
        for_a_moment);
  });
}

Response AuditReads::consistency(const Call& call) const {
  Parameters parameters{call.request, {"old", "new"}};
  const auto before = number(parameters, "old", std::nullopt);
  const auto wanted = number(parameters, "new", 0);
  if (auto problem = parameters.problem()) return refuse(std::move(*problem), correlation(call));
  return read(call, [&](const fold::Reads& store, const Published& published) {
    const auto size = wanted == 0 ? published.checkpoint.size : wanted;
    if (before > size || size > published.checkpoint.size)
      return not_found(
          call,
          fmt::format(
              "The last checkpoint has {} commits; ask for sizes up to it, old before new.",
              published.checkpoint.size));
    return cached(
        note_type,
        lines_of(audit::Tree{store}.consistency(before, size)),
        wanted == 0 ? for_a_moment : for_ever);
  });
}

Response AuditReads::commit(const Call& call) const {
  const auto wanted = schemas::parse_unsigned(call.path[0].value);
  if (!wanted)
    return refuse(
        {.code = "malformed", .detail = "A commit is named by its number, 0 or above."},
        correlation(call));
  return read(call, [&](const fold::Reads&, const Published& published) {
    std::optional<std::string> bytes;
    if (*wanted < published.checkpoint.size)
      audit_.streams.read([&](const fold::Reads& streams) {
        bytes = streams.get(engine::StreamsFamilies::commits, fold::ordered(*wanted));
      });
    if (!bytes)
      return not_found(
          call,
          fmt::format(
              "The last checkpoint has {} commits, numbered from 0; ask for one of them.",
              published.checkpoint.size));
    return cached(bytes_type, std::move(*bytes), for_ever_in_private);
  });
}

Response AuditReads::commits(const Call& call) const {
  Parameters parameters{call.request, {"from", "limit"}};
  const auto from = number(parameters, "from", 0);
  const auto limit = parameters.limit();
  if (auto problem = parameters.problem()) return refuse(std::move(*problem), correlation(call));
  return read(call, [&](const fold::Reads&, const Published& published) {
    std::string body;
    std::size_t count = 0;
    audit_.streams.read([&](const fold::Reads& streams) {
      streams.scan(
          engine::StreamsFamilies::commits, "", fold::ordered(from), [&](auto at, auto bytes) {
            if (fold::from_ordered(at) >= published.checkpoint.size || count++ == limit ||
                (count > 1 && body.size() + bytes.size() > commits_bytes_most))
              return false;
            body.append(fold::ordered(bytes.size()).substr(4)).append(bytes);
            return true;
          });
    });
    return cached(bytes_type, std::move(body), "private, max-age=1");
  });
}

}  // namespace http
