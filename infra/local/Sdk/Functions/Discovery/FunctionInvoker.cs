using System.Linq.Expressions;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Serverless.Local.Functions;

/// <summary>Compiles a function's method into a delegate, once, so that a call costs no reflection.</summary>
internal static class FunctionInvoker
{
    /// <summary>Calls the method, on an instance of its own where it is not static, awaits what it returns and disposes the instance.</summary>
    public static Func<FunctionInvocationContext, object?[], ValueTask<object?>> Compile(MethodInfo method)
    {
        var call = CompileCall(method);
        if (method.IsStatic) return (_, arguments) => call(null, arguments);
        var factory = ActivatorUtilities.CreateFactory(method.ReflectedType!, Type.EmptyTypes);
        if (!IsDisposable(method.ReflectedType!)) return (context, arguments) => call(factory(context.InstanceServices, null), arguments);
        return async (context, arguments) =>
        {
            var instance = factory(context.InstanceServices, null);
            try
            {
                return await call(instance, arguments);
            }
            finally
            {
                await DisposeAsync(instance);
            }
        };
    }

    private static Func<object?, object?[], ValueTask<object?>> CompileCall(MethodInfo method)
    {
        var instance = Expression.Parameter(typeof(object));
        var arguments = Expression.Parameter(typeof(object?[]));
        var call = Expression.Call(
            method.IsStatic ? null : Expression.Convert(instance, method.ReflectedType!),
            method,
            method.GetParameters().Select((p, i) => Expression.Convert(Expression.ArrayIndex(arguments, Expression.Constant(i)), p.ParameterType)));
        return Expression.Lambda<Func<object?, object?[], ValueTask<object?>>>(ToValueTask(call), instance, arguments).Compile();
    }

    private static Expression ToValueTask(MethodCallExpression call)
    {
        var type = call.Type;
        if (type == typeof(void)) return Expression.Block(call, Expression.Default(typeof(ValueTask<object?>)));
        if (type == typeof(Task)) return Expression.Call(Helper(nameof(FromTask)), call);
        if (type == typeof(ValueTask)) return Expression.Call(Helper(nameof(FromValueTask)), call);
        if (ResultOf(type, typeof(Task<>)) is { } result) return Expression.Call(Helper(nameof(FromTaskOf), result), call);
        if (ResultOf(type, typeof(ValueTask<>)) is { } value) return Expression.Call(Helper(nameof(FromValueTaskOf), value), call);
        return Expression.Call(Helper(nameof(FromValue)), Expression.Convert(call, typeof(object)));
    }

    private static Type? ResultOf(Type type, Type definition) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == definition ? type.GetGenericArguments()[0] : null;

    private static MethodInfo Helper(string name, params Type[] types)
    {
        var helper = typeof(FunctionInvoker).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;
        return types.Length == 0 ? helper : helper.MakeGenericMethod(types);
    }

    private static ValueTask<object?> FromValue(object? value) => ValueTask.FromResult(value);

    private static async ValueTask<object?> FromTask(Task task)
    {
        await task;
        return null;
    }

    private static async ValueTask<object?> FromValueTask(ValueTask task)
    {
        await task;
        return null;
    }

    private static async ValueTask<object?> FromTaskOf<T>(Task<T> task) => await task;

    private static async ValueTask<object?> FromValueTaskOf<T>(ValueTask<T> task) => await task;

    private static bool IsDisposable(Type type) => type.IsAssignableTo(typeof(IDisposable)) || type.IsAssignableTo(typeof(IAsyncDisposable));

    private static ValueTask DisposeAsync(object instance)
    {
        if (instance is IAsyncDisposable asynchronous) return asynchronous.DisposeAsync();
        (instance as IDisposable)?.Dispose();
        return ValueTask.CompletedTask;
    }
}
