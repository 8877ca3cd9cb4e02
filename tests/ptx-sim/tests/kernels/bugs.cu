// Kernels with one mistake each, and the same kernels without it (`_right`). Blocks of 64 threads.
// nvcc -ptx -O3 -arch=compute_80 bugs.cu, with `.version 8.0` in the result.

#define KERNEL extern "C" __global__ void
#define HERE (blockIdx.x * 64 + threadIdx.x)

KERNEL copy(float *out, float *in, int n) { out[HERE] = in[HERE]; }

KERNEL past_the_end(float *out, float *in, int n) { out[HERE + 1] = in[HERE]; }

KERNEL past_the_end_right(float *out, float *in, int n) {
    if (HERE + 1 < n) out[HERE + 1] = in[HERE];
}

KERNEL misaligned(float *out, float *in, int n) {
    float2 pair = *reinterpret_cast<float2 *>(in + 1);
    out[HERE] = pair.x + pair.y;
}

KERNEL misaligned_right(float *out, float *in, int n) {
    float2 pair = *reinterpret_cast<float2 *>(in + 2);
    out[HERE] = pair.x + pair.y;
}

KERNEL unwritten_shared(float *out, float *in, int n) {
    __shared__ float shared[64];
    if (threadIdx.x < 40) shared[threadIdx.x] = in[HERE];
    __syncthreads();
    out[HERE] = shared[threadIdx.x];
}

KERNEL unwritten_shared_right(float *out, float *in, int n) {
    __shared__ float shared[64];
    shared[threadIdx.x] = in[HERE];
    __syncthreads();
    out[HERE] = shared[threadIdx.x];
}

// The first pass over the shared memory makes every byte written, so that only the missing barrier is wrong.
template <bool RIGHT> __device__ void exchange(float *out, float *in) {
    __shared__ float shared[64];
    shared[threadIdx.x] = 0;
    __syncthreads();
    shared[threadIdx.x] = in[HERE];
    if (RIGHT) __syncthreads();
    out[HERE] = shared[threadIdx.x ^ 32];
}

KERNEL shared_race(float *out, float *in, int n) { exchange<false>(out, in); }

KERNEL shared_race_right(float *out, float *in, int n) { exchange<true>(out, in); }

// A buffer is used again before everyone has read it.
template <bool RIGHT> __device__ void reuse(float *out, float *in) {
    __shared__ float shared[64];
    shared[threadIdx.x] = in[HERE];
    __syncthreads();
    float other = shared[threadIdx.x ^ 32];
    if (RIGHT) __syncthreads();
    shared[threadIdx.x] = other + 1;
    out[HERE] = shared[threadIdx.x];
}

KERNEL shared_reuse(float *out, float *in, int n) { reuse<false>(out, in); }

KERNEL shared_reuse_right(float *out, float *in, int n) { reuse<true>(out, in); }

KERNEL blocks_write(float *out, float *in, int n) { out[threadIdx.x] = in[HERE]; }

KERNEL blocks_write_right(float *out, float *in, int n) { out[HERE] = in[HERE]; }

// The first block reads what the second writes.
KERNEL blocks_read_and_write(float *out, float *in, int n) {
    out[HERE] = in[(HERE + 64) % 128];
    if (blockIdx.x == 1) in[HERE] = 1;
}

KERNEL blocks_read_and_write_right(float *out, float *in, int n) {
    out[HERE] = in[HERE];
    if (blockIdx.x == 1) in[HERE] = 1;
}

KERNEL barrier(float *out, float *in, int n) {
    __shared__ float shared[64];
    shared[threadIdx.x] = in[HERE];
    if (threadIdx.x < 48) __syncthreads();
    out[HERE] = shared[threadIdx.x];
    __syncthreads();
    out[HERE] += shared[threadIdx.x ^ 32];
}

KERNEL barrier_right(float *out, float *in, int n) {
    __shared__ float shared[64];
    shared[threadIdx.x] = in[HERE];
    __syncthreads();
    out[HERE] = shared[threadIdx.x];
    __syncthreads();
    out[HERE] += shared[threadIdx.x ^ 32];
}

KERNEL shuffle(float *out, float *in, int n) {
    float value = in[HERE];
    if (value < 16) value += __shfl_xor_sync(0xffffffff, value, 16);
    out[HERE] = value;
}

KERNEL shuffle_right(float *out, float *in, int n) {
    float value = in[HERE], other = __shfl_xor_sync(0xffffffff, value, 16);
    if (value < 16) value += other;
    out[HERE] = value;
}

template <bool RIGHT> __device__ void fetch(float *out, float *in) {
    __shared__ float shared[64];
    unsigned place = __cvta_generic_to_shared(&shared[threadIdx.x]);
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(place), "l"(in + HERE) : "memory");
    asm volatile("cp.async.commit_group;" ::: "memory");
    if (RIGHT) asm volatile("cp.async.wait_group 0;" ::: "memory");
    __syncthreads();
    out[HERE] = shared[threadIdx.x ^ 1];
}

KERNEL async_copy(float *out, float *in, int n) { fetch<false>(out, in); }

KERNEL async_copy_right(float *out, float *in, int n) { fetch<true>(out, in); }

KERNEL dynamic(float *out, float *in, int n) {
    extern __shared__ float memory[];
    memory[threadIdx.x] = in[HERE];
    __syncthreads();
    out[HERE] = memory[threadIdx.x ^ 32];
}

extern "C" __global__ void __launch_bounds__(64) bounded(float *out, float *in, int n) { out[HERE] = in[HERE]; }
