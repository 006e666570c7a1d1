#include "gateways/cli/witness.hpp"

#include <fmt/format.h>

#include <csignal>

#include "domain/kernel/clock.hpp"
#include "gateways/cli/audit/signing_key.hpp"
#include "gateways/cli/console.hpp"
#include "gateways/cli/data_folder.hpp"
#include "gateways/cli/process.hpp"
#include "gateways/http/problem.hpp"
#include "gateways/http/server.hpp"
#include "projections/audit/note.hpp"
#include "replay/verify/mirror.hpp"
#include "replay/verify/witness.hpp"

namespace cli {
namespace {

constexpr std::chrono::seconds drain_time{5};

class Folder final : public verify::Witness::Memory {
 public:
  explicit Folder(std::filesystem::path path) : path_{std::move(path)} {}

  std::optional<std::string> load(const std::string& origin) override {
    const auto path = file_of(origin);
    if (!std::filesystem::exists(path)) return std::nullopt;
    return verify::read_whole(path);
  }
  void store(const std::string& origin, const std::string& note) override {
    write_secret(file_of(origin), note);
  }

 private:
  std::filesystem::path file_of(const std::string& origin) const {
    return path_ / kernel::to_hex(kernel::text(kernel::sha256(origin)));
  }

  std::filesystem::path path_;
};

class Site final : public http::Application {
 public:
  Site(verify::Witness& witness, std::string vkey) : witness_{witness}, vkey_{std::move(vkey)} {}

  void handle(const http::Request& request, http::Reply reply) override { reply(answer(request)); }
  std::unique_ptr<http::Lines> lines(const http::Request&) override { return nullptr; }

 private:
  static http::Response to_response(verify::Witness::Answer answer) {
    return {
        .status = answer.status,
        .content_type = answer.content_type,
        .body = std::move(answer.body)};
  }
  http::Response answer(const http::Request& request) {
    const bool adds = request.path == "/add-checkpoint";
    if (request.method != (adds ? "POST" : "GET"))
      return http::to_response(http::Problem{.code = "method_not_allowed"});
    if (adds) return to_response(witness_.add_checkpoint(request.body));
    if (request.path == "/healthz")
      return {.content_type = http::content::json, .body = R"({"status":"alive"})"};
    if (request.path == "/vkey")
      return {.content_type = "text/plain; charset=utf-8", .body = vkey_ + '\n'};
    constexpr std::string_view last = "/checkpoint";
    auto path = request.path;
    if (!path.ends_with(last))
      return http::to_response(http::Problem{
          .code = "not_found",
          .detail = "A witness has POST /add-checkpoint, GET /<SHA-256 of an origin>/checkpoint "
                    "and GET /vkey."});
    path.remove_suffix(last.size());
    return to_response(witness_.checkpoint(path.substr(path.empty() ? 0 : 1)));
  }

  verify::Witness& witness_;
  std::string vkey_;
};

}  // namespace

int witness(const Config& config) {
  if (config.policy.empty())
    throw UsageError(
        "say for which logs it witnesses: --policy FILE, with a line \"log VKEY\" for each and "
        "\"quorum none\"");
  const auto policy = verify::Policy::parse(read_file(config.policy));
  if (policy.logs().empty())
    throw UsageError(
        fmt::format("{} names no log; add a line \"log VKEY\"", config.policy.string()));
  Signals signals;
  const Console console{"witness", config.json_log};
  const auto folder = config.data / "witness";
  std::filesystem::create_directories(folder);
  const auto key =
      signing_key(folder / "key", audit::Signer::witness, config.witness_name, "--witness-name");
  const kernel::SystemClock clock;
  Folder memory{folder};
  verify::Witness witness{policy, memory, [&](std::string_view text) {
                            const auto now = clock.now().time_since_epoch();
                            return key.cosign(
                                text,
                                static_cast<std::uint64_t>(
                                    std::chrono::duration_cast<std::chrono::seconds>(now).count()));
                          }};
  Site site{witness, key.vkey()};
  http::Server server{
      site,
      {.address = config.host,
       .port = config.port,
       .threads = config.http_threads,
       .log = [&](std::string_view line) { console.say(line); }}};
  console.say(fmt::format(
      "witnesses {} log{} at http://{}:{} as {}",
      policy.logs().size(),
      policy.logs().size() == 1 ? "" : "s",
      config.host,
      server.port(),
      key.vkey()));
  for (;;) {
    const auto signal = signals.take(std::chrono::minutes{1});
    if (signal && *signal != SIGCHLD) break;
  }
  server.stop(drain_time);
  return 0;
}

}  // namespace cli
