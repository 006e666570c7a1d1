#include "gateways/cli/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>

#include "gateways/http/cors.hpp"
#include "gateways/outbound/url.hpp"
#include "projections/audit/note.hpp"

namespace cli {
namespace {

struct Key {
  std::string name;  // --nats-server, CONSTRUCT_NATS_SERVER, "nats_server"
  std::string meaning;
  bool flag;                                             // takes no value on the command line
  std::function<bool(Config&, const std::string&)> set;  // false: not a value for it
};

template <class Number>
bool to_number(const std::string& text, Number& number, Number least, Number most) {
  Number read{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read);
  if (error != std::errc{} || end != text.data() + text.size() || read < least || read > most)
    return false;
  number = read;
  return true;
}

bool to_bool(const std::string& text, bool& value) {
  if (text != "true" && text != "false") return false;
  value = text == "true";
  return true;
}

bool to_url(const std::string& text, std::string& url) {
  url = text;
  return text.empty() || outbound::parse_url(text);
}

const std::vector<Key>& keys() {
  static const std::vector<Key> all{
      {"port",
       "port of the HTTP gateway, from 1 to 65535 (8080)",
       false,
       [](Config& c, const auto& v) { return to_number<std::uint16_t>(v, c.port, 1, 65535); }},
      {"host",
       "address it listens on (127.0.0.1)",
       false,
       [](Config& c, const auto& v) {
         c.host = v;
         return !v.empty();
       }},
      {"data",
       "folder that holds the log and all that is made of it (data)",
       false,
       [](Config& c, const auto& v) {
         c.data = v;
         return !v.empty();
       }},
      {"nats-server",
       "path of the nats-server program, 2.12 or newer",
       false,
       [](Config& c, const auto& v) {
         c.nats_server = v;
         return !v.empty();
       }},
      {"nats-url",
       "nats://user:password@host:port, for a single verb",
       false,
       [](Config& c, const auto& v) {
         c.nats_url = v;
         return !v.empty();
       }},
      {"instance",
       "tells engines and gateways, flows or effects on one data folder apart: letters and digits "
       "(1)",
       false,
       [](Config& c, const auto& v) {
         c.instance = v;
         return !v.empty() && v.size() <= 32 &&
                std::ranges::all_of(v, [](unsigned char letter) { return std::isalnum(letter); });
       }},
      {"engines",
       "how many engines `up` starts, from 1 to 9, with a gateway each on this port and the next "
       "ones (1)",
       false,
       [](Config& c, const auto& v) { return to_number<unsigned>(v, c.engines, 1, 9); }},
      {"flows",
       "how many processes of flows `up` starts, from 1 to 9; whichever are there do the work (1)",
       false,
       [](Config& c, const auto& v) { return to_number<unsigned>(v, c.flows, 1, 9); }},
      {"effects",
       "the same of effects (1)",
       false,
       [](Config& c, const auto& v) { return to_number<unsigned>(v, c.effects, 1, 9); }},
      {"apart",
       "`up` gives project, flows, effects, audit and feed a process each, instead of one that "
       "reads "
       "the log once for all of them",
       true,
       [](Config& c, const auto& v) { return to_bool(v, c.apart); }},
      {"cluster",
       "how many nats-servers keep the log that `up` or `restore` makes, 1 or 3: with 3 any one of "
       "them may fail (1)",
       false,
       [](Config& c, const auto& v) {
         return to_number<unsigned>(v, c.cluster, 1, 3) && c.cluster != 2;
       }},
      {"vitals-port",
       "port for /healthz, /readyz and /metrics of a verb that is no gateway; 0: any (0); of `up`: "
       "the first of as many as there are such processes, in the order project, flows, effects, "
       "audit, feed; or of the one that does what all of these do",
       false,
       [](Config& c, const auto& v) {
         return to_number<std::uint16_t>(v, c.vitals_port, 0, 65535);
       }},
      {"http-threads",
       "threads that serve HTTP, from 1 to 64 (1)",
       false,
       [](Config& c, const auto& v) { return to_number<unsigned>(v, c.http_threads, 1, 64); }},
      {"cors-origins",
       "whose pages may call the gateway from a browser, such as https://shop.example, with commas "
       "between; the port * is any (nobody's; of `up` on the loopback or with its demo: the "
       "loopback's)",
       false,
       [](Config& c, const auto& v) {
         c.cors_origins = v;
         return http::Cors::parse(v).has_value();
       }},
      {"audit-name",
       "whose log this is, such as log.shop.example: the origin of its checkpoints begins with it, "
       "so it stays for as long as the log lives (localhost)",
       false,
       [](Config& c, const auto& v) {
         c.audit_name = v;
         return audit::is_name(v);
       }},
      {"audit-interval-ms",
       "between two checkpoints, while there are new commits, from 10 to 3600000 (1000)",
       false,
       [](Config& c, const auto& v) {
         return to_number<std::uint32_t>(v, c.audit_interval_ms, 10, 3'600'000);
       }},
      {"policy",
       "file of c2sp.org/tlog-policy: for `up` and `audit` the witnesses that checkpoints are sent "
       "to, with their addresses, and how many it takes; for `witness` the logs that it knows "
       "(none)",
       false,
       [](Config& c, const auto& v) {
         c.policy = v;
         return true;
       }},
      {"witness-name",
       "what a witness signs as, such as witness.example.com/w1 (localhost/witness)",
       false,
       [](Config& c, const auto& v) {
         c.witness_name = v;
         return audit::is_name(v);
       }},
      {"feed-days",
       "`up` publishes every fact for other systems and keeps it there for so many days; the "
       "address for them is left in run/facts; `create-log` makes the stream for it; 0: neither "
       "(0)",
       false,
       [](Config& c, const auto& v) {
         return to_number<std::uint32_t>(v, c.feed_days, 0, 36'500);
       }},
      {"no-audit",
       "`up` keeps no audit tree and signs no checkpoints",
       true,
       [](Config& c, const auto& v) { return to_bool(v, c.no_audit); }},
      {"log",
       "text or json (text): how a process tells of its own life on stderr",
       false,
       [](Config& c, const auto& v) {
         c.json_log = v == "json";
         return v == "json" || v == "text";
       }},
      {"empty",
       "load no demo into an empty data folder",
       true,
       [](Config& c, const auto& v) { return to_bool(v, c.empty); }},
      {"no-simulator",
       "`up` starts no simulated payment gateway",
       true,
       [](Config& c, const auto& v) { return to_bool(v, c.no_simulator); }},
      {"payment-gateway",
       "http://host:port of the payment gateway (none; of `up`: its simulator)",
       false,
       [](Config& c, const auto& v) { return to_url(v, c.payment_gateway); }},
      {"payment-secret",
       "what its webhooks are signed with, at least 16 characters (of `up`: one of its own)",
       false,
       [](Config& c, const auto& v) {
         c.payment_secret = v;
         return v.empty() || v.size() >= 16;
       }},
      {"payment-timeout-ms",
       "how long it may take to answer, from 1 to 600000 (30000; of `up` with its simulator: 2000)",
       false,
       [](Config& c, const auto& v) {
         return to_number<std::uint32_t>(v, c.payment_timeout_ms, 1, 600'000);
       }},
      {"webhook-url",
       "where the simulator posts its webhooks (nowhere; of `up`: to its gateway)",
       false,
       [](Config& c, const auto& v) { return to_url(v, c.webhook_url); }},
      {"simulator-port",
       "port of the simulator, on the loopback; 0: any (0)",
       false,
       [](Config& c, const auto& v) {
         return to_number<std::uint16_t>(v, c.simulator_port, 0, 65535);
       }},
  };
  return all;
}

std::string swapped(std::string name, char to) {
  std::ranges::replace(name, '-', to);
  return name;
}

const Key& key_named(const std::string& name, const std::string& where) {
  const auto found = std::ranges::find(keys(), name, &Key::name);
  if (found == keys().end())
    throw UsageError(
        fmt::format("{} has an unknown key {}; `construct help` lists the keys", where, name));
  return *found;
}

void set(Config& config, const Key& key, const std::string& value, const std::string& where) {
  if (!key.set(config, value))
    throw UsageError(fmt::format(
        "{}: {} is no value for {}: {}",
        where,
        value.empty() ? "nothing" : value,
        key.name,
        key.meaning));
}

void read_file(Config& config, const std::filesystem::path& path, bool must_exist) {
  std::ifstream file{path};
  if (!file) {
    if (must_exist)
      throw UsageError(
          fmt::format("{} cannot be read; check the path given with --config", path.string()));
    return;
  }
  const auto json = nlohmann::json::parse(file, nullptr, false);
  if (!json.is_object())
    throw UsageError(fmt::format("{} is not a JSON object; mend it or remove it", path.string()));
  for (const auto& [name, value] : json.items()) {
    const auto& key = key_named(swapped(name, '-'), path.string());
    set(config, key, value.is_string() ? value.get<std::string>() : value.dump(), path.string());
  }
}

void read_environment(Config& config) {
  for (const auto& key : keys()) {
    auto name = "CONSTRUCT_" + swapped(key.name, '_');
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::toupper(c); });
    if (const char* value = std::getenv(name.c_str())) set(config, key, value, name);
  }
}

}  // namespace

Invocation parse(int argc, char** argv) {
  Invocation invocation;
  std::vector<std::pair<std::string, std::optional<std::string>>> flags;
  std::filesystem::path file = "construct.json";
  bool named_file = false;
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    if (word == "-h" || word == "--help" || word == "help") {
      invocation.help = true;
    } else if (!word.starts_with("--")) {
      invocation.verbs.push_back(word);
    } else {
      word.erase(0, 2);
      std::optional<std::string> value;
      if (const auto equals = word.find('='); equals != std::string::npos) {
        value = word.substr(equals + 1);
        word.resize(equals);
      }
      const bool is_file = word == "config";
      const bool flag = !is_file && key_named(word, "the command line").flag;
      if (!value && flag) value = "true";
      if (!value) {
        if (i + 1 == argc) throw UsageError(fmt::format("--{} needs a value", word));
        value = argv[++i];
      }
      if (is_file) {
        file = *value;
        named_file = true;
      } else {
        flags.emplace_back(word, value);
      }
    }
  }
  read_file(invocation.config, file, named_file);
  read_environment(invocation.config);
  for (const auto& [name, value] : flags)
    set(invocation.config, key_named(name, "the command line"), *value, "--" + name);
  return invocation;
}

std::string describe_keys() {
  std::string text;
  for (const auto& key : keys())
    fmt::format_to(std::back_inserter(text), "  --{:<18} {}\n", key.name, key.meaning);
  return text;
}

}  // namespace cli
