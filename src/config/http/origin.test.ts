import { describe, expect, test } from "vitest";
import { isAllowedOrigin } from "./origin.ts";

const ALLOWED = ["https://app.example.com", "http://localhost:*", "http://[::1]:*"];

describe("an origin", () => {
  test.each([
    "https://app.example.com",
    "HTTPS://App.example.com",
    "http://localhost",
    "http://localhost:5173",
  ])("%s is allowed", (origin) => expect(isAllowedOrigin(origin, ALLOWED)).toBe(true));
  test.each(["http://[::1]:80", "http://[::1]"])("%s is allowed", (origin) =>
    expect(isAllowedOrigin(origin, ALLOWED)).toBe(true),
  );
  test.each([
    "",
    "null",
    "*",
    "http://localhost:*",
    "https://localhost:5173",
    "http://localhost:5173/",
    "http://localhost:x",
    "http://localhost.example.com:80",
    "http://example.com:80@localhost:1",
    "https://app.example.com:8443",
    "http://app.example.com",
    "https://app.example.com.evil.example",
  ])("%s is not", (origin) => expect(isAllowedOrigin(origin, ALLOWED)).toBe(false));
});
