#include "gateways/http/server/incoming.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

namespace http {
namespace {
namespace beast_http = boost::beast::http;

constexpr std::size_t kept_capacity =
    std::size_t{64} * 1024;  // of the body's buffer, between requests

// Between chunks no fewer bytes than these are to come, "0\r\n\r\n"; Beast 1.81 asserts that it is
// given them.
constexpr std::size_t shortest_chunk_end = 5;

}  // namespace

void Incoming::Parser::on_request_impl(Verb, Text method, Text target, int version, Code&) {
  owner_.method_ = owner_.keep(method);
  owner_.target_ = owner_.keep(target);
  owner_.version_ = version;
}

void Incoming::Parser::on_field_impl(beast_http::field, Text name, Text value, Code&) {
  if (owner_.head_told_) return;  // A trailer; none means anything to us.
  const auto kept_name = owner_.keep(name);
  owner_.fields_.emplace_back(kept_name, owner_.keep(value));
}

std::size_t Incoming::Parser::on_body_impl(Text part, Code&) {
  owner_.body_.append(part.data(), part.size());
  return part.size();
}

std::size_t Incoming::Parser::on_chunk_body_impl(std::uint64_t remaining, Text part, Code&) {
  owner_.body_.append(part.data(), part.size());
  chunk_left_ = remaining - part.size();
  return part.size();
}

Incoming::Piece Incoming::keep(boost::beast::string_view piece) {
  const Piece kept{
      static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(piece.size())};
  text_.append(piece.data(), piece.size());
  return kept;
}

void Incoming::reset() {
  parser_.emplace(*this);
  parser().header_limit(static_cast<std::uint32_t>(head_bytes_));
  parser().body_limit(boost::none);  // The connection counts: a streamed body has no limit.
  text_.clear();
  fields_.clear();
  body_.clear();
  if (body_.capacity() > kept_capacity) body_.shrink_to_fit();
  request_.query.clear();
  request_.headers.clear();
  request_.body = {};
  begun_ = false;
  head_told_ = false;
}

Incoming::Step Incoming::put(std::string_view bytes) {
  if (parser().is_done()) return {Progress::done};
  if (bytes.empty()) return {Progress::need_more};
  begun_ = true;
  if (head_told_ && parser().between_chunks() && bytes.size() < shortest_chunk_end)
    return {Progress::need_more};

  boost::beast::error_code error;
  const auto used = parser().put(boost::asio::const_buffer{bytes.data(), bytes.size()}, error);
  if (error == beast_http::error::need_more) return {Progress::need_more, used};
  if (error == beast_http::error::header_limit) return {Progress::head_too_large, used};
  if (error) return malformed("The request is not valid HTTP (" + error.message() + ")", used);
  if (!head_told_) return finish_head(used);
  return {Progress::body, used};
}

std::uint64_t Incoming::content_length() const {
  const auto length = parser().content_length();
  return length ? *length : 0;
}

Incoming::Step Incoming::malformed(std::string fault, std::size_t used) {
  fault_ = std::move(fault) + "; send it as RFC 9112 describes.";
  return {Progress::malformed, used};
}

Incoming::Step Incoming::finish_head(std::size_t used) {
  head_told_ = true;
  request_.method = at(method_);
  std::size_t hosts = 0;
  bool coding_known = true;
  for (const auto& [name, value] : fields_) {
    const Header header{at(name), at(value)};
    request_.headers.push_back(header);
    if (same_name(header.name, "Host")) ++hosts;
    if (same_name(header.name, "Transfer-Encoding"))
      coding_known = coding_known && !is_http_1_0() && same_name(header.value, "chunked");
  }
  if (hosts > 1 || (hosts == 0 && !is_http_1_0()))
    return malformed("The request must have exactly one Host header", used);
  // Any other coding would hide where the body ends.
  if (!coding_known)
    return malformed("The only Transfer-Encoding taken is chunked, in HTTP/1.1", used);
  return {Progress::head, used};
}

}  // namespace http
