using SharpFuzz;
using Toe.Emulated.Tests.Tcp.Stateful;
using Toe.Fuzz;

// Toe.Fuzz TARGET          under afl-fuzz: one input after another, by shared memory.
// Toe.Fuzz TARGET FILE…    runs files, to look at what was found.
var target = args[0] switch
{
    "parser" => (Action<byte[]>)(static bytes => ParserTarget.Run(bytes)),
    "stateful" => static bytes => StatefulRun.Play(bytes),
    _ => throw new ArgumentException("parser or stateful"),
};
if (args.Length == 1) Fuzzer.Run(stream => target(ReadAll(stream)));
foreach (var file in args[1..]) target(File.ReadAllBytes(file));

static byte[] ReadAll(Stream stream)
{
    using var all = new MemoryStream();
    stream.CopyTo(all);
    return all.ToArray();
}
