#include "tests/e2e/deployment.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cctype>
#include <latch>
#include <numeric>
#include <sstream>
#include <thread>

#include "gateways/cli/data_folder.hpp"

namespace e2e {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

int exit_status(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// The words of a process's command line.
std::string command_line(const std::filesystem::path& process) {
  auto text = cli::read_file(process / "cmdline");
  std::ranges::replace(text, '\0', ' ');
  return text;
}

// Whether it has let go of all it held: it is not there any more, or nobody has asked how it ended.
// Its memory, and so its command line, goes before its sockets do; its first thread may end before
// the others.
bool ended(pid_t process) {
  const auto folder = "/proc/" + std::to_string(process);
  const auto status = cli::read_file(folder + "/status");
  if (status.empty()) return true;
  return status.find("\nState:\tZ") != std::string::npos &&
         status.find("\nThreads:\t1\n") != std::string::npos;
}

std::vector<std::pair<pid_t, std::string>> children_of(pid_t parent) {
  std::vector<std::pair<pid_t, std::string>> found;
  std::istringstream words{cli::read_file(
      "/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children")};
  for (pid_t child = 0; words >> child;)
    found.emplace_back(child, command_line("/proc/" + std::to_string(child)));
  return found;
}

}  // namespace

pid_t launch(
    const std::filesystem::path& program,
    const std::vector<std::string>& arguments,
    const std::map<std::string, std::string>& environment,
    const std::filesystem::path& output) {
  std::vector<std::string> command{
      "/bin/sh", "-c", "exec \"$0\" \"$@\" >>\"$OUTPUT\" 2>&1", program};
  command.insert(command.end(), arguments.begin(), arguments.end());
  auto variables = environment;
  variables["OUTPUT"] = output.string();
  return cli::start({"construct", command, variables});
}

std::uint16_t free_ports(unsigned count) {
  for (;;) {
    const auto first = cli::free_port();
    bool all = true;
    for (unsigned i = 1; i < count; ++i)
      all = all && !cli::port_taken("127.0.0.1", static_cast<std::uint16_t>(first + i));
    if (all) return first;
  }
}

struct Client::Socket {
  asio::io_context context;
  boost::beast::tcp_stream stream{context};
  boost::beast::flat_buffer buffer;
};

Client::Client(std::uint16_t port) : port_{port} {}
Client::~Client() = default;

Answer Client::get(const std::string& path, const std::map<std::string, std::string>& headers) {
  return ask("GET", path, "", headers);
}

Answer Client::post(
    const std::string& path,
    const std::string& json,
    const std::map<std::string, std::string>& headers) {
  return ask("POST", path, json, headers);
}

Answer Client::ask(
    const std::string& method,
    const std::string& path,
    const std::string& body,
    const std::map<std::string, std::string>& headers) {
  boost::system::error_code error;
  if (!socket_) {
    socket_ = std::make_unique<Socket>();
    socket_->stream.socket().connect({asio::ip::address_v4::loopback(), port_}, error);
  }
  http::request<http::string_body> request{http::string_to_verb(method), path, 11, body};
  request.set(http::field::host, "127.0.0.1");
  if (!body.empty()) request.set(http::field::content_type, "application/json");
  for (const auto& [name, value] : headers) request.set(name, value);
  request.prepare_payload();
  http::response<http::string_body> response;
  if (!error) http::write(socket_->stream, request, error);
  if (!error) http::read(socket_->stream, socket_->buffer, response, error);
  if (error) {
    socket_.reset();
    return {};
  }
  Answer answer{static_cast<int>(response.result_int()), response.body(), {}};
  for (const auto& field : response) {
    std::string name{field.name_string()};
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    answer.headers[name] = std::string{field.value()};
  }
  if (!response.keep_alive()) socket_.reset();
  return answer;
}

Live::Live(std::uint16_t port, const std::string& path)
    : socket_{std::make_unique<Client::Socket>()} {
  auto& socket = socket_->stream.socket();
  socket.connect({asio::ip::address_v4::loopback(), port});
  const timeval patience{.tv_sec = support::patience.count(), .tv_usec = 0};
  setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  asio::write(
      socket,
      asio::buffer(
          "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n"));
}
Live::~Live() = default;

bool Live::tells(const std::string& text) {
  std::array<char, 4096> part{};
  while (told_.find(text) == std::string::npos) {
    const auto count =
        ::recv(socket_->stream.socket().native_handle(), part.data(), part.size(), 0);
    if (count <= 0) return false;
    told_.append(part.data(), static_cast<std::size_t>(count));
  }
  return true;
}

Deployment::Deployment(std::vector<std::string> arguments, unsigned engines)
    : arguments_{std::move(arguments)}, engines_{engines}, port_{free_ports(engines)} {
  arguments_.insert(
      arguments_.begin(),
      {"up",
       "--port",
       std::to_string(port_),
       "--engines",
       std::to_string(engines),
       "--data",
       data().string()});
}

void Deployment::install(const std::filesystem::path& program) {
  program_ = folder() / "construct";
  std::filesystem::copy_file(program, folder() / "construct.new");
  std::filesystem::rename(folder() / "construct.new", program_);
}

std::vector<std::uint16_t> Deployment::ports() const {
  std::vector<std::uint16_t> all(engines_);
  std::iota(all.begin(), all.end(), port_);
  return all;
}

Deployment::~Deployment() {
  if (process_ != 0) kill_everything();
}

void Deployment::start() {
  const auto told = std::filesystem::exists(folder() / "output") ? output().size() : 0;
  process_ = launch(program_, arguments_, environment_, folder() / "output");
  const bool ready = support::eventually([&] {
    int status = 0;
    if (waitpid(process_, &status, WNOHANG) == process_) {
      process_ = 0;
      throw std::runtime_error("construct ended: " + output());
    }
    // Until `up` says so itself, a process that ends would end it.
    return output().find("Construct is ready", told) != std::string::npos &&
           std::ranges::all_of(
               ports(), [](auto port) { return Client{port}.get("/readyz").status == 200; });
  });
  if (!ready) throw std::runtime_error("construct does not get ready: " + output());
}

Ended Deployment::wait() {
  int status = 0;
  waitpid(process_, &status, 0);
  process_ = 0;
  return {exit_status(status), output()};
}

Ended Deployment::terminate() {
  kill(process_, SIGTERM);
  return wait();
}

void Deployment::kill_everything() {
  auto all = children_of(process_);
  all.emplace_back(process_, "");
  for (const auto& [process, line] : all) kill(process, SIGKILL);
  wait();
  // What they held is free once they are gone altogether.
  support::eventually(
      [&] { return std::ranges::all_of(all, [](const auto& one) { return ended(one.first); }); });
}

std::vector<pid_t> Deployment::processes(const std::string& words) const {
  std::vector<pid_t> found;
  for (const auto& [process, line] : children_of(process_))
    if (line.find(words) != std::string::npos) found.push_back(process);
  return found;
}

int Deployment::signal_some(const std::string& words, int signal) {
  return static_cast<int>(std::ranges::count_if(
      processes(words), [&](pid_t process) { return kill(process, signal) == 0; }));
}

Ended Deployment::operate(std::vector<std::string> words) const {
  words.insert(words.end(), {"--data", data().string()});
  return run(words);
}

bool Deployment::leads(std::size_t engine) const {
  const auto metrics = Client{ports()[engine]}.get("/metrics").body;
  return metrics.find("\nconstruct_engine_leading 1\n") != std::string::npos;
}

std::string Deployment::output() const { return cli::read_file(folder() / "output"); }

Ended run(
    const std::vector<std::string>& arguments,
    const std::map<std::string, std::string>& environment) {
  const support::TemporaryFolder folder;
  const auto process =
      launch(support::program("construct"), arguments, environment, folder.path() / "output");
  int status = 0;
  waitpid(process, &status, 0);
  return {exit_status(status), cli::read_file(folder.path() / "output")};
}

void at_once(int count, const std::function<void(int)>& body) {
  std::latch begin{count};
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i)
    threads.emplace_back([&, i] {
      begin.arrive_and_wait();
      body(i);
    });
  for (auto& thread : threads) thread.join();
}

}  // namespace e2e
